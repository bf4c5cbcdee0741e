"""`preau agent`: open an agent's account, the first one of a new instance for instance; give an access back."""

from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db.models import Model
from django.utils import timezone

from preau.accounts.actions import UsernameTaken
from preau.accounts.agents import AgentRefused, Right, invite
from preau.accounts.choices import UserKind
from preau.accounts.models import Role, User
from preau.accounts.recovering import reset_from_server
from preau.core.dates import local_day
from preau.core.migrated import refuse_unmigrated
from preau.town.models import Place, Service

M = TypeVar("M", bound=Model)


class Command(BaseCommand):
    help = (
        "Ouvre le compte d’un agent, avec un rôle du fichier de commune, et affiche le lien où choisir un mot de passe."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="nom d’utilisateur, par exemple s.benali")
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--prenom", default="")
        parser.add_argument("--nom", default="")
        parser.add_argument("--role", default="", help="code d’un rôle, par exemple regisseur")
        parser.add_argument("--service", default="", help="code d’un service ; sans lui, tous")
        parser.add_argument("--lieu", default="", help="code d’un lieu ; sans lui, tous")
        parser.add_argument(
            "--reinitialiser",
            action="store_true",
            help="rend son accès à un agent qui a perdu sa deuxième protection, faute de deux administrateurs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unmigrated()
        path = self.reset(options["username"]) if options["reinitialiser"] else self.open(options)
        self.stdout.write(f"Lien, valable trois jours, envoyé aussi par e-mail : {settings.PUBLIC_URL}{path}")
        self.stdout.write("Qui l’ouvre choisit le mot de passe : remettez-le à l’agent, et à personne d’autre.")

    def reset(self, username: str) -> str:
        user = User.objects.filter(username__iexact=username, kind=UserKind.STAFF, is_active=True).first()
        if user is None:
            raise CommandError(f"Aucun agent « {username} » dont le compte soit ouvert.")
        path = reset_from_server(user, now=timezone.now())
        self.stdout.write(f"Accès réinitialisé : {user.username} n’a plus ni mot de passe ni deuxième protection.")
        return path

    def open(self, options: dict[str, Any]) -> str:
        for name in ("prenom", "nom", "role"):
            if not options[name]:
                raise CommandError(f"Il manque --{name}.")
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"« {options['email']} » n’est pas une adresse e-mail.") from None
        now = timezone.now()
        right = Right(
            role=one(Role, options["role"], "rôle"),
            service=one(Service, options["service"], "service") if options["service"] else None,
            place=one(Place, options["lieu"], "lieu") if options["lieu"] else None,
            starts_on=local_day(now),
        )
        try:
            user, path = invite(
                username=options["username"],
                email=options["email"],
                first_name=options["prenom"],
                last_name=options["nom"],
                right=right,
                by=None,
                now=now,
            )
        except UsernameTaken:
            raise CommandError("Ce nom d’utilisateur ou cette adresse e-mail a déjà un compte d’agent.") from None
        except AgentRefused:
            raise CommandError("Ce rôle gère les agents : il se donne pour toute la commune.") from None
        self.stdout.write(f"Compte ouvert : {user.username}")
        return path


def one(model: type[M], code: str, word: str) -> M:
    found = model._default_manager.filter(code=code).first()
    if found is None:
        known = ", ".join(model._default_manager.order_by("code").values_list("code", flat=True)) or "aucun"
        raise CommandError(f"Aucun {word} « {code} ». Connus : {known}.")
    return found
