"""What callers may say, and what they are told: the models behind the checks and the OpenAPI page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

MOST_ROWS = 10_000


def _aware(when: datetime) -> datetime:
    """A time without zone is in UTC."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def _without_fault(when: datetime) -> datetime:
    try:
        return _aware(when).astimezone(UTC)
    except OverflowError as err:
        raise ValueError("a time from year 1 to 9999 in UTC is expected") from err


def _no_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as err:
        raise ValueError("text that can be written as UTF-8 is expected") from err
    if "\x00" in text:
        raise ValueError("text without NUL characters is expected")
    return text


_NO_NUL = {"pattern": r"^[^\x00]*$"}
Text = Annotated[str, AfterValidator(_no_surrogates), Field(max_length=512, json_schema_extra=_NO_NUL)]
When = Annotated[datetime, AfterValidator(_without_fault)]
Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]
"""QRMI writes it in small letters, IBM's client in capitals."""
Flag = Annotated[bool, BeforeValidator(lambda value: {"true": True, "false": False}.get(str(value).lower(), value))]


class Strict(BaseModel):
    """What a caller says: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")


class JobBody(Strict):
    """A job to run."""

    program_id: Text = Field(description="sampler, estimator, executor or noise-learner")
    backend: Text | None = Field(None, description="Name of a backend; left out: that of the session")
    params: dict[str, Any] = Field(default_factory=dict, description="The program's parameters")
    session_id: Text | None = Field(None, description="A session or batch to run it in")
    tags: tuple[Text, ...] = Field((), description="To find the job by")
    cost: float | None = Field(None, gt=0, le=10_800, allow_inf_nan=False, description="Most seconds of quantum time")
    private: bool = Field(False, description="Its parameters are not shown, its result can be read once")
    log_level: Level | None = None
    start_session: bool | None = Field(None, description="Open a session with this job")
    session_time: float | None = Field(None, gt=0, allow_inf_nan=False, description="Longest seconds of that session")
    runtime: Text | None = Field(None, description="Container images are refused")
    calibration_id: Text | None = Field(None, description="Refused: a local backend has one calibration")


class JobFilters(Strict):
    """Which jobs to list."""

    limit: int = Field(200, ge=1, le=MOST_ROWS, description="At most so many")
    offset: int = Field(0, ge=0, le=2**53, description="Leave out the first so many")
    pending: Flag | None = Field(None, description="true: those that have not ended; false: those that have")
    program: Text | None = None
    backend: Text | None = None
    created_after: When | None = Field(None, description="Created then or later")
    created_before: When | None = Field(None, description="Created then or earlier")
    sort: Literal["ASC", "DESC"] = Field("DESC", description="By time of creation")
    tags: tuple[Text, ...] = Field((), description="With all of these: repeated, or one text with commas between them")
    session_id: Text | None = None
    exclude_params: Flag = Field(True, description="Leave the parameters out")
    include_mocks: Flag = Field(False, description="There are none here")


class JobQuery(Strict):
    """What to show of a job."""

    exclude_params: Flag = Field(False, description="Leave the parameters out")


class TagsBody(Strict):
    """A job's new tags."""

    tags: tuple[Text, ...]


class SessionBody(Strict):
    """A session or batch to open."""

    backend: Text | None = Field(None, description="Where its jobs run")
    backend_name: Text | None = Field(None, description="The same, as QRMI calls it")
    mode: Literal["dedicated", "batch"] = "dedicated"
    instance: Text | None = Field(None, description="The CRN of the instance; left out: that of the header")
    max_ttl: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="Longest seconds from the start of its first job"
    )
    interactive_ttl: float | None = Field(None, description="Refused: the runtime's settings say how long")


class SessionPatch(Strict):
    """What to change."""

    accepting_jobs: Literal[False] = Field(description="false: take no new jobs")


class WorkloadFilters(Strict):
    """Which workloads to list."""

    limit: int = Field(10, ge=1, le=MOST_ROWS)
    sort: Literal["createdAt", "-createdAt"] = "-createdAt"
    previous: Text | None = Field(None, description="A cursor that an answer gave")
    next: Text | None = Field(None, description="A cursor that an answer gave")
    user: Text | None = None
    instance: Text | None = None
    backend: Text | None = None
    search: Text | None = Field(None, description="In ids and tags")
    status: tuple[Text, ...] = ()
    mode: Literal["job", "session", "batch"] | None = None
    created_after: When | None = None
    created_before: When | None = None
    tags: tuple[Text, ...] = ()
    include_mocks: Flag = False


class TagFilters(Strict):
    """Which tags to list."""

    type: Literal["job"] = "job"
    search: Text | None = Field(None, description="Those with this text in them")


class BackendFilters(Strict):
    """Which backends to list."""

    fields: tuple[Text, ...] = Field((), description="wait_time_seconds is always there")
    include_mocks: Flag = False


class CalibrationQuery(Strict):
    """Which calibration of a backend."""

    calibration_id: Text | None = None
    updated_before: When | None = Field(None, description="There is one calibration, whatever the time")


class JobCreated(BaseModel):
    """A job that was queued."""

    id: str
    backend: str
    session_id: str | None = None
    private: bool = False


class JobState(BaseModel):
    """How far a job has come."""

    status: Literal["Queued", "Running", "Completed", "Cancelled", "Failed"]
    reason: str | None = None
    reason_code: int | None = None
    reason_solution: str | None = None


class Used(BaseModel):
    """What a job used."""

    seconds: float
    quantum_seconds: float


class ProgramName(BaseModel):
    """Which program."""

    id: str


class JobView(BaseModel):
    """A job."""

    id: str
    backend: str
    status: str
    state: JobState
    program: ProgramName
    created: datetime
    ended: datetime | None = None
    cost: int
    tags: list[str]
    private: bool
    usage: Used
    user_id: str
    session_id: str | None = None
    estimated_running_time_seconds: float | None = None
    params: dict[str, Any] | None = None


class JobPage(BaseModel):
    """Some jobs, and how many there are in all."""

    jobs: list[JobView]
    count: int
    limit: int
    offset: int


class JobMetrics(BaseModel):
    """A job's times and usage."""

    timestamps: dict[str, datetime | None]
    usage: dict[str, Any]
    position_in_queue: int | None = None
    estimated_start_time: datetime | None = None
    phase: str


class SessionView(BaseModel):
    """A session or batch."""

    id: str
    backend_name: str
    mode: Literal["dedicated", "batch"]
    state: Literal["open", "active", "inactive", "closed"]
    state_reason: str | None = None
    accepting_jobs: bool
    interactive_ttl: int
    max_ttl: int
    active_ttl: int
    started_at: datetime | None = None
    activated_at: datetime | None = None
    closed_at: datetime | None = None
    last_job_started: datetime | None = None
    last_job_completed: datetime | None = None
    elapsed_time: int
    user_id: str
    timestamps: list[dict[str, Any]]


class BackendPage(BaseModel):
    """Backends, or names of backends in the oldest version."""

    devices: list[dict[str, Any]] | list[str]


class ErrorEntry(BaseModel):
    """One thing that is wrong."""

    code: int
    message: str
    more_info: str
    solution: str | None = None


class ErrorBody(BaseModel):
    """What an error says."""

    trace: str
    errors: list[ErrorEntry]
