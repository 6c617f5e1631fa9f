from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Businesses"

    def ready(self) -> None:
        from tenants import registration
        from tenants.api import jobs

        registration.register()
        jobs.register()
