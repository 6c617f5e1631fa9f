from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from customers.enums import ImportKind
        from customers.imports import keeping, records
        from customers.imports.balances import fill
        from programs import (
            effects,
            jobs,
            membership_letters,
            network_letters,
            place_letters,
            registration,
            takeout,
            takeout_memberships,
            takeout_shared,
            takeout_vouchers,
        )
        from programs.bringing import PointsAndTiers
        from programs.bringing_credit import StoreCredit
        from programs.bringing_families import Families
        from programs.bringing_history import History
        from programs.bringing_memberships import Memberships
        from programs.bringing_vouchers import VouchersFromElsewhere
        from programs.portal import places

        effects.register()
        fill(PointsAndTiers())
        fill(StoreCredit(), ImportKind.CREDIT)
        records.fill(VouchersFromElsewhere())
        keeping.fill(ImportKind.MEMBERSHIPS, Memberships())
        keeping.fill(ImportKind.FAMILIES, Families())
        keeping.fill(ImportKind.HISTORY, History())
        jobs.register()
        membership_letters.register()
        network_letters.register()
        place_letters.register()
        places.register()
        registration.register()
        takeout.register()
        takeout_shared.register()
        takeout_vouchers.register()
        takeout_memberships.register()
