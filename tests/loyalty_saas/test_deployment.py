"""What an operator is told is what the code does: .env.example, docker-compose.yml and the lock files."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from loyalty_saas import server, settings
from loyalty_saas.launcher.plan import read_plan
from loyalty_saas.lib.env import Env

ROOT = Path(settings.BASE_DIR)
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "PLATFORM_PASSWORD", "READONLY_PASSWORD"}
# Read by a library, not by us.
OF_LIBRARIES = {"PROMETHEUS_MULTIPROC_DIR"}


def asked() -> set[str]:
    """Every name that our code reads from the environment."""
    plan = Env({})
    read_plan(plan)
    return settings.env.asked | server.env.asked | plan.asked


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    names = [name for name, _, _ in pairs]
    assert len(names) == len(set(names))
    return {name: value for name, _, value in pairs}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(example()) == asked() | COMPOSE_ONLY


def test_the_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {**example(), "DATA_DIR": str(tmp_path)}
    assert read_plan(Env(values)).own_postgres
    for name in asked():
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    given = settings.DATABASES, settings.SECRET_KEY
    fresh = importlib.util.module_from_spec(importlib.util.find_spec("loyalty_saas.settings"))  # type: ignore[arg-type, attr-defined]
    fresh.__spec__.loader.exec_module(fresh)
    assert fresh.SITE_URL == "http://localhost:8000"
    assert len(fresh.SECRET_KEY) >= 50
    assert given == (settings.DATABASES, settings.SECRET_KEY)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("PORT", "70000"), ("PORT", "0")],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name}='{value}' is not usable"):
        read_plan(Env({name: value}))


def test_the_addresses_given_replace_the_embedded_parts() -> None:
    given = {"DATABASE_URL": "postgres://o@h/r", "REDIS_URL": "redis://h", "EMAIL_URL": "smtp://h", "PORT": "9000"}
    plan = read_plan(Env(given))
    assert (plan.own_postgres, plan.own_valkey, plan.own_inbox) == (False, False, False)
    assert not {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"} & set(plan.environment)
    assert (plan.site_url, plan.inbox_port, plan.smtp_port) == ("http://localhost:9000", 9001, 9002)


def test_compose_sets_only_what_the_code_reads_and_asks_only_for_what_the_example_names() -> None:
    for name in ("web", "worker", "scheduler", "prepare"):
        environment = compose()["services"][name]["environment"]
        assert set(environment) - asked() - OF_LIBRARIES == set(), name
    wanted = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert wanted - set(example()) == set()


def test_compose_gives_the_owner_to_nobody_who_serves() -> None:
    services = compose()["services"]
    for name in ("web", "worker", "scheduler"):
        assert "DATABASE_URL" not in services[name]["environment"], name
        for variable in ("DATABASE_APP_URL", "DATABASE_PLATFORM_URL", "DATABASE_READONLY_URL"):
            assert "@pooler:6432/" in services[name]["environment"][variable]
    assert "DATABASE_URL" in services["prepare"]["environment"]
    assert [name for name, service in services.items() if service.get("ports")] == ["web"]


def test_compose_watches_everything_that_stays() -> None:
    services = compose()["services"]
    assert {name for name, service in services.items() if "healthcheck" not in service} == {"prepare"}
    for name, service in services.items():
        for needed, condition in service.get("depends_on", {}).items():
            assert needed in services, name
            healthy = condition["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in services[needed]), (name, needed)


def test_no_file_of_the_lock_names_a_host() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text(), lock.name


def test_the_running_lock_is_part_of_the_testing_one() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^([\w.-]+==[^ \\;]+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pinned("requirements.lock") - pinned("requirements-dev.lock") == set()
    assert len(pinned("requirements-uv.lock")) == 1
