"""The area, with its kinds of requests once the models are there."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "preau.members"

    def ready(self) -> None:
        from preau.demarches.kinds import register
        from preau.members.kinds import ALL

        for kind in ALL:
            register(kind)
