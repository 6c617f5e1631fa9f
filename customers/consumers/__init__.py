from customers.consumers.registry import Consumer, register, registered
from customers.consumers.runner import has_pending, run_pending

__all__ = ["Consumer", "has_pending", "register", "registered", "run_pending"]
