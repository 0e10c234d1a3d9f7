"""Where SageMaker puts what a job reads and looks for what it leaves; names that definition and container share.

Sources: "How Amazon SageMaker Processing Configures Input and Output For Your Processing Container" and "How Amazon
SageMaker AI Provides Training Information", Amazon SageMaker AI Developer Guide.
"""

from pathlib import Path
from typing import NamedTuple

ML = Path("/opt/ml")

#: The job's own disk, on which the layers of data lie while a step runs.
ROOT = ML / "root"

#: A folder per channel: for a processing job where the definition says, for a training job where SageMaker says.
PROCESSING_INPUT = ML / "processing" / "input"
PROCESSING_OUTPUT = ML / "processing" / "output"
TRAINING_INPUT = ML / "input" / "data"

#: What a training job leaves: SageMaker packs the first as model.tar.gz, the second as output.tar.gz.
MODEL = ML / "model"
TRAINING_OUTPUT = ML / "output" / "data"
MODEL_ARCHIVE = "model.tar.gz"
OUTPUT_ARCHIVE = "output.tar.gz"

#: Why a job failed: SageMaker shows it as the failure reason of a training job, as the message of a processing job.
FAILURE_OF_TRAINING = ML / "output" / "failure"
FAILURE_OF_PROCESSING = ML / "output" / "message"
#: Longer texts are cut by SageMaker.
LONGEST_FAILURE = 1024

HYPERPARAMETERS = ML / "input" / "config" / "hyperparameters.json"

#: Channel that publishes the results, and the ending of the one that brings a model.
RESULTS = "results"
MODEL_CHANNEL = "-model"
#: Layers that are results of a run, wherever they are made.
RESULT_LAYERS = ("06_models", "07_model_output", "08_reporting")

#: What a training job says of its model on standard output, a line each, for the metrics of the job.
METRIC_LINE = "metric {name}={value}"
#: 1 where a model was trained and could be measured on the test part, else 0.
MEASURED = "measured"
#: Measures of the test part.
METRICS = ("roc_auc", "gini", "ks", "pr_auc", "brier", "log_loss", "ece", "capture_top_decile")


class RawTable(NamedTuple):
    """How a raw table comes to a job.

    Attributes:
        dataset: Its name in the catalog, which its channel has, too.
        address: The parameter of the pipeline, as ``sagemaker.defaults`` names it, that says where the table lies.
        place: The run-time parameter that says where the job finds it.
    """

    dataset: str
    address: str
    place: str


RAW_TABLES = (
    RawTable("labelled_customers", address="labelled_uri", place="labelled_path"),
    RawTable("current_customers", address="current_uri", place="current_path"),
)
