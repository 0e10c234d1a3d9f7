"""What an account holds of all that an environment makes."""

from typing import Any

from tests.deployment.applied import STATE, Account

_LISTS = (
    ("ecr", "describe_repositories", "repositories"),
    ("events", "list_rules", "Rules"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"),
    ("iam", "list_roles", "Roles"),
    ("logs", "describe_log_groups", "logGroups"),
    ("sagemaker", "list_domains", "Domains"),
    ("sagemaker", "list_mlflow_tracking_servers", "TrackingServerSummaries"),
    ("sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList"),
    ("sagemaker", "list_spaces", "Spaces"),
    ("sagemaker", "list_user_profiles", "UserProfiles"),
    ("scheduler", "list_schedules", "Schedules"),
    ("sns", "list_subscriptions", "Subscriptions"),
    ("sns", "list_topics", "Topics"),
)


def inventory(account: Account) -> list[dict[str, Any]]:
    """Everything, as AWS lists it, but what a new account has, the state's bucket, and the key, which goes later."""
    ec2, s3, iam = (account.client(service) for service in ("ec2", "s3", "iam"))
    ours = [{"Name": "is-default", "Values": ["false"]}]
    return [
        *(one for service, lists, key in _LISTS for one in getattr(account.client(service), lists)()[key]),
        *iam.list_policies(Scope="Local")["Policies"],
        *(one for one in s3.list_buckets()["Buckets"] if one["Name"] != STATE),
        *ec2.describe_vpcs(Filters=ours)["Vpcs"],
        *(one for one in ec2.describe_vpc_endpoints()["VpcEndpoints"] if one["State"] != "deleted"),
        *(one for one in ec2.describe_security_groups()["SecurityGroups"] if one["GroupName"] != "default"),
    ]
