"""Whether Regulars is alive and ready, and what it measures of itself: /healthz, /readyz, /metrics."""
