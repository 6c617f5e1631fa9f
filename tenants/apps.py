from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Businesses"

    def ready(self) -> None:
        from loyalty_saas.lib.form_words import use_our_words
        from tenants import registration
        from tenants.api import jobs

        use_our_words()
        registration.register()
        jobs.register()
