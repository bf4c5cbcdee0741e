"""`preau agent`: open an agent's account, the first one of a new instance for instance."""

import secrets
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db.models import Model
from django.utils import timezone

from preau.accounts.actions import UsernameTaken, create_agent
from preau.accounts.models import Role
from preau.core.migrated import refuse_unmigrated
from preau.town.models import Place, Service

M = TypeVar("M", bound=Model)


class Command(BaseCommand):
    help = "Ouvre le compte d’un agent, avec un rôle du fichier de commune, et affiche son premier mot de passe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="nom d’utilisateur, par exemple s.benali")
        parser.add_argument("email")
        parser.add_argument("--prenom", required=True)
        parser.add_argument("--nom", required=True)
        parser.add_argument("--role", required=True, help="code d’un rôle, par exemple regisseur")
        parser.add_argument("--service", default="", help="code d’un service ; sans lui, tous")
        parser.add_argument("--lieu", default="", help="code d’un lieu ; sans lui, tous")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unmigrated()
        try:
            validate_email(options["email"])
        except ValidationError:
            raise CommandError(f"« {options['email']} » n’est pas une adresse e-mail.") from None
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        try:
            create_agent(
                username=options["username"],
                email=options["email"],
                first_name=options["prenom"],
                last_name=options["nom"],
                password=password,
                role=one(Role, options["role"], "rôle"),
                service=one(Service, options["service"], "service") if options["service"] else None,
                place=one(Place, options["lieu"], "lieu") if options["lieu"] else None,
                by=None,
                now=timezone.now(),
            )
        except UsernameTaken:
            raise CommandError("Ce nom d’utilisateur ou cette adresse e-mail a déjà un compte d’agent.") from None
        self.stdout.write(f"Compte ouvert : {options['username']}, mot de passe {password}")
        self.stdout.write("Ce mot de passe ne sera plus affiché : remettez-le en main propre.")


def one(model: type[M], code: str, word: str) -> M:
    found = model._default_manager.filter(code=code).first()
    if found is None:
        known = ", ".join(model._default_manager.order_by("code").values_list("code", flat=True)) or "aucun"
        raise CommandError(f"Aucun {word} « {code} ». Connus : {known}.")
    return found
