import pytest

from loyalty_saas.lib.slots import Filled, Panel, Slot, fill


def panel(name: str, order: int = 100, permission: str | None = None, shows: bool = True) -> Panel:
    return Panel(name, f"{name}.html", lambda member: {"member": member} if shows else None, order, permission)


def test_panels_come_in_order_then_by_name() -> None:
    slot: Slot[Panel] = Slot("member page")
    for item in (panel("tier", 20), panel("balance", 10), panel("badges", 20)):
        assert slot.register(item) is item
    assert [item.name for item in slot] == ["balance", "badges", "tier"]
    assert (len(slot), slot["tier"].order) == (3, 20)


def test_a_name_is_given_once() -> None:
    slot: Slot[Panel] = Slot("member page")
    slot.register(panel("tier"))
    with pytest.raises(ValueError, match="member page already has tier"):
        slot.register(panel("tier"))


def test_fill_loads_what_the_person_may_see_and_what_has_something_to_show() -> None:
    slot: Slot[Panel] = Slot("member page")
    balance = slot.register(panel("balance"))
    slot.register(panel("empty", shows=False))
    slot.register(panel("secret", permission="insights.view"))
    notes = slot.register(panel("notes", permission="members.view"))
    shown = fill(slot, {"members.view"}.__contains__, "Anna")
    assert shown == [Filled(balance, {"member": "Anna"}), Filled(notes, {"member": "Anna"})]


def test_two_slots_do_not_share() -> None:
    first: Slot[Panel] = Slot("first")
    first.register(panel("tier"))
    assert len(Slot[Panel]("second")) == 0
