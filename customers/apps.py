from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers import registration, takeout
        from customers.imports import registration as imports
        from customers.portal import registration as portal

        registration.register()
        takeout.register()
        portal.register()
        imports.register()
