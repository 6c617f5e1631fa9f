"""A mail inbox for one machine: it takes every message by SMTP, sends none on, and shows them on a page."""
