from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from customers.enums import ImportKind
        from customers.imports import keeping, records
        from customers.imports.balances import fill
        from programs import effects, jobs, registration
        from programs.bringing.credit import StoreCredit
        from programs.bringing.families import Families
        from programs.bringing.history import History
        from programs.bringing.memberships import Memberships
        from programs.bringing.points import PointsAndTiers
        from programs.bringing.vouchers import VouchersFromElsewhere
        from programs.letters import memberships as membership_letters
        from programs.letters import networks as network_letters
        from programs.letters import places as place_letters
        from programs.portal import places
        from programs.takeout import memberships, points, shared, vouchers

        effects.register()
        fill(PointsAndTiers())
        fill(StoreCredit(), ImportKind.CREDIT)
        records.fill(VouchersFromElsewhere())
        keeping.fill(ImportKind.MEMBERSHIPS, Memberships())
        keeping.fill(ImportKind.FAMILIES, Families())
        keeping.fill(ImportKind.HISTORY, History())
        letters = (membership_letters, network_letters, place_letters)
        for one in (jobs, *letters, places, registration, points, shared, vouchers, memberships):
            one.register()
