"""What /metrics shows besides vLLM's own numbers. No label holds a person's data."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SHORT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)

REQUESTS = Counter("sidecar_requests_total", "Requests answered.", ["route", "status"])
ERRORS = Counter("sidecar_errors_total", "Requests that ended in an error.", ["route", "code"])
RUNNING = Gauge("sidecar_running", "Requests that hold a place.", ["lane"])
WAITING = Gauge("sidecar_waiting", "Requests that wait for a place.", ["lane"])
GIVEN_WAY = Counter("sidecar_bulk_given_way_total", "Bulk steps aborted for interactive work.")
QUEUE = Histogram("sidecar_queue_seconds", "Wait for an interactive place.", buckets=SHORT)
FIRST_MARK = Histogram("sidecar_first_mark_seconds", "Place to the first mark.", buckets=SHORT)
ASSESSMENT = Histogram("sidecar_assessment_seconds", "Place to assessment.", buckets=SHORT)
FIRST_DELTA = Histogram("sidecar_first_delta_seconds", "Place to first prose.", buckets=SHORT)
FEEDBACK = Histogram("sidecar_feedback_seconds", "Place to the end of prose.", buckets=LONG)
PROMPT_TOKENS = Counter("sidecar_prompt_tokens_total", "Prompt tokens of prose.")
COMPLETION_TOKENS = Counter("sidecar_completion_tokens_total", "Tokens of prose written.")
SUMMARY = Histogram("sidecar_summary_seconds", "Place to summary.", buckets=LONG)
BULK_PROMPT_TOKENS = Counter("sidecar_bulk_prompt_tokens_total", "Prompt tokens of summaries.")
BULK_COMPLETION_TOKENS = Counter(
    "sidecar_bulk_completion_tokens_total", "Tokens written for summaries."
)
READY = Gauge("sidecar_ready", "1 while the engine can serve.")
LOAD = Gauge("sidecar_load_seconds", "What the last load of the model took.")
