"""The session row's user is the one that Django itself would accept, read in one query."""

import pytest
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client

from preau.accounts.models import Session, User
from preau.accounts.sessions import AuthenticationMiddleware, SessionStore
from preau.accounts.testing import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user("Z-pinceau")


@pytest.fixture
def key(user):
    client = Client()
    client.force_login(user)
    return client.session.session_key


def request_with(key):
    request = HttpRequest()
    request.session = SessionStore(key)
    AuthenticationMiddleware(lambda _: HttpResponse()).process_request(request)
    return request


def both(key):
    """Whom we accept, and whom Django accepts, for the same session."""
    ours = request_with(key).user
    django = auth.get_user(request_with(key))
    return (ours.pk, django.pk)


def change_session(key, **values):
    store = SessionStore(key)
    store.update(values)
    store.save()


def test_the_session_and_its_user_are_one_query(key, user, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert request_with(key).user.username == user.username


def test_a_signed_in_user_is_accepted(key, user):
    assert both(key) == (user.pk, user.pk)


@pytest.mark.parametrize(
    "happens",
    [
        lambda user, key: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user, key: (user.set_password("un-autre-mot-de-passe"), user.save()),
        lambda user, key: change_session(key, _auth_user_backend="another.Backend"),
        lambda user, key: change_session(key, _auth_user_hash="forged"),
        lambda user, key: Session.objects.filter(pk=key).delete(),
    ],
    ids=["closed account", "password changed", "unknown backend", "forged hash", "signed out elsewhere"],
)
def test_what_ends_a_session_for_django_ends_it_for_us(key, user, happens):
    happens(user, key)
    assert both(key) == (None, None)
    assert isinstance(auth.get_user(request_with(key)), AnonymousUser)


def test_the_row_names_its_user_so_that_their_sessions_can_be_closed(key, user):
    assert list(user.sessions.values_list("session_key", flat=True)) == [key]
