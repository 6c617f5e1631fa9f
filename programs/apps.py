from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from programs import effects, jobs, registration
        from programs.portal import places

        effects.register()
        jobs.register()
        places.register()
        registration.register()
