"""What Terraform made, read from its output, and what the pipeline is compiled with because of it."""

import json
from typing import Any

import pytest

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.deployment import Deployment, read_deployment
from segmentation_model.sagemaker.settings import SageMakerSettings, read_settings
from tests.sagemaker.terraform_output import ARN, KEY, TRACKING, output


def read(**changed: Any) -> Deployment:
    return read_deployment(json.dumps(output(**changed)), "made.json")


def refused(text: str) -> str:
    with pytest.raises(ConfigurationError, match=r"^--deployment made\.json: ") as error:
        read_deployment(text, "made.json")
    return error.value.message.removeprefix("--deployment made.json: ")


class TestReading:
    def test_takes_the_output(self):
        assert read().role_arn == f"{ARN}:iam::123456789012:role/segmentation-dev-execution"

    def test_takes_all_outputs_too(self):
        whole = {"delivery": {"value": {}}, "deployment": {"sensitive": False, "type": ["object"], "value": output()}}
        assert read_deployment(json.dumps(whole), "-") == read()

    def test_lets_through_what_a_newer_terraform_says(self):
        assert read(something_new={"a": 1}) == read()

    @pytest.mark.parametrize("key", sorted(Deployment.model_fields))
    def test_misses_every_key(self, key):
        lacking = {name: value for name, value in output().items() if name != key}
        wanted = f"not the output deployment of this project's Terraform: {key}: missing"
        assert refused(json.dumps(lacking)) == wanted

    @pytest.mark.parametrize(
        ("key", "value", "said"),
        [
            ("region", "Ireland", r"region: String should match pattern .* \(given: 'Ireland'\)"),
            ("role_arn", "segmentation", r"role_arn: .*pattern '\^arn:aws.*' \(given: 'segmentation'\)"),
            ("role_arn", None, r"role_arn: Input should be a valid string \(given: None\)"),
            ("output_uri", "s3://bucket/out/", r"output_uri: .*pattern '\^s3://.*' \(given: 's3://bucket/out/'\)"),
            ("configuration_uri", "conf.tar.gz", r"configuration_uri: .*'\^s3://.*' \(given: 'conf.tar.gz'\)"),
            ("image_uri", "", r"image_uri: String should have at least 1 character \(given: ''\)"),
            ("subnets", "subnet-1", r"subnets: Input should be a valid tuple \(given: 'subnet-1'\)"),
            ("security_group_ids", [], r"subnets and security_group_ids belong together: both are there, or none"),
        ],
    )  # fmt: skip
    def test_names_the_key_the_value_and_what_is_allowed(self, key, value, said):
        with pytest.raises(ConfigurationError, match=f"^--deployment made.json: not the output .*: {said}$"):
            read(**{key: value})

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "empty; `terraform output -json deployment` prints the deployment, in Terraform's folder and after"),
            ("\n", "empty; "),
            ("{}", "Terraform has no outputs here; `terraform apply` comes first"),
            ("╷\n│ Warning: No outputs found\n", "no JSON (Expecting value: line 1 column 1 (char 0)); `terraform"),
            ('{\n  "account_id" = "1"\n}', "no JSON (Expecting ':' delimiter"),
            ("[1, 2]", "an object is needed, as `terraform output -json deployment` prints it; it is [1, 2]"),
            ('{"deployment": {"value": null}}', "not the output deployment of this project's Terraform: Input should"),
            (
                '{"image_role_arn": "a"}',
                "not the output deployment of this project's Terraform: 'environment: missing', ",
            ),
        ],
    )
    def test_says_what_is_wrong_with_anything_else(self, text, said):
        assert refused(text).startswith(said)


class TestFilling:
    def test_puts_what_terraform_made_in_the_place_of_the_section(self):
        section = {"region": "us-east-1", "role_arn": f"{ARN}:iam::123456789012:role/mine"}
        filled = read().fill(read_settings(section))
        assert (filled.region, filled.role_arn) == ("eu-west-1", read().role_arn)
        assert filled.defaults.output_uri == "s3://segmentation-dev-data/segmentation"
        assert filled.defaults.configuration_uri == "s3://segmentation-dev-data/conf/1/conf.tar.gz"
        assert filled.defaults.image_uri == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/segmentation-dev:abc"
        assert filled.defaults.mlflow_tracking_uri == TRACKING
        assert filled.encryption.volume_kms_key == filled.encryption.output_kms_key == KEY
        assert filled.network.subnets == ("subnet-1", "subnet-2")
        assert filled.network.security_group_ids == ("sg-1",)
        assert filled.tags == {"environment": "dev"}

    def test_leaves_what_terraform_did_not_make(self):
        nothing = dict.fromkeys(("configuration_uri", "image_uri", "mlflow_tracking_arn", "kms_key_arn"))
        section = {
            "defaults": {
                "image_uri": "mine",
                "configuration_uri": "s3://b/c.tar.gz",
                "mlflow_tracking_uri": "http://m",
            },
            "encryption": {"volume_kms_key": "k"},
            "network": {"subnets": ["subnet-9"], "security_group_ids": ["sg-9"]},
        }
        settings = read_settings(section)
        filled = read(**nothing, subnets=[], security_group_ids=[]).fill(settings)
        assert filled.defaults == settings.defaults.model_copy(update={"output_uri": output()["output_uri"]})
        assert (filled.encryption, filled.network) == (settings.encryption, settings.network)

    def test_leaves_what_is_no_matter_of_terraform(self):
        settings = read_settings({"part_rows": 7, "tags": {"project": "p", "environment": "prod"}})
        filled = read().fill(settings)
        assert filled.part_rows == 7
        assert filled.tags == {"project": "p", "environment": "dev"}
        assert filled.defaults.seed == settings.defaults.seed

    @pytest.mark.parametrize("key", ["pipeline_name", "scoring_pipeline_name"])
    def test_refuses_a_pipeline_of_another_name(self, key):
        with pytest.raises(
            ConfigurationError, match=f"^--deployment: {key}: Terraform's roles are for 'other', but the "
        ):
            read(**{key: "other"}).fill(SageMakerSettings())

    def test_refuses_model_package_groups_of_other_names(self):
        made = "'segmentation-model-domestic', 'segmentation-model-industrial'"
        wanted = "the section sagemaker has 'mine-domestic', 'mine-industrial'; apply with this configuration"
        said = f"^--deployment: model_package_groups: Terraform's roles are for {made}, but {wanted}"
        with pytest.raises(ConfigurationError, match=said):
            read().fill(SageMakerSettings(model_package_group="mine"))
