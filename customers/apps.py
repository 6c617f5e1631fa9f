from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers import consumers
        from customers.consumers.summaries import SUMMARIES
        from customers.imports import registration as imports
        from customers.portal import registration as portal

        consumers.register(SUMMARIES)
        portal.register()
        imports.register()
