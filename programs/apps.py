from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from customers.imports.balances import fill
        from programs import effects, jobs, registration, takeout
        from programs.bringing import PointsAndTiers
        from programs.portal import places

        effects.register()
        fill(PointsAndTiers())
        jobs.register()
        places.register()
        registration.register()
        takeout.register()
