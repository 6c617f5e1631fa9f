import threading
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import connection

from programs.demo.script import Person
from programs.demo.stage import make_person


def test_one_who_is_in_two_samples_played_side_by_side_has_one_account() -> None:
    lena = Person("Lena", f"lena-{uuid4().hex}@example.com", "owner")
    start, made = threading.Barrier(6), []

    def play() -> None:
        connection.ensure_connection()
        start.wait()
        try:
            made.append(make_person(lena).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=play) for _sample in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert EmailAddress.objects.filter(email=lena.email, verified=True).count() == 1
