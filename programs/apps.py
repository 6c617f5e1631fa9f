from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from programs import effects, jobs, opening, registration
        from programs.portal import places

        effects.register()
        opening.register()
        jobs.register()
        places.register()
        registration.register()
