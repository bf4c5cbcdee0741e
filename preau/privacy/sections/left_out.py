"""The tables that an export does not tell, each with the reason. A test wants every table of the portal here or in a
section, so that a new one cannot be forgotten."""

from collections.abc import Mapping
from types import MappingProxyType

REFERENCE = "ce que la commune a décidé : ne concerne personne en particulier"
USED_ONCE = "une empreinte ou un secret qui ne sert qu’une fois, sans intérêt pour la personne"
OF_AGENTS = "concerne les agents, pas les familles"
OF_THE_HOUSE = "comptes de la régie ou compteur de places : la personne y est déjà par ses propres lignes"

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("auth.Permission", "auth.Group_permissions", "auth.Group", "contenttypes.ContentType"),
                *("socialaccount.SocialApp", "town.Town", "town.Service", "town.Place", "town.Level"),
                *(
                    "town.SchoolYear",
                    "town.SchoolPeriod",
                    "town.PublicHoliday",
                    "town.Text",
                    "town.FieldPolicy",
                    "checklist.Season",
                ),
                *("activities.Theme", "activities.Part", "activities.Activity", "activities.Activity_levels"),
                *("activities.Activity_schools", "activities.Unit", "activities.Unit_parts", "activities.Group"),
                *("activities.Group_levels", "activities.Group_schools", "activities.CapacityRule"),
                *("activities.Closure", "demarches.Recipient", "demarches.AnswerText", "pricing.Tariff"),
                *("pricing.TariffVersion", "pricing.UnitTariff", "enrolments.Intake", "bookings.Opening"),
                *("bookings.Slot", "billing.Regie", "billing.RegieActivity", "checklist.AskedItem"),
                *("checklist.AskedItem_themes", "checklist.AskedItem_activities", "health.SheetSettings"),
                *("members.CollectingRule", "members.Diet", "families.AuthorisationKind"),
                *("members.SchoolRule", "members.RollOver", "documents.DocumentKind", "privacy.RetentionRule"),
                *("members.Sector", "members.SectorSchool", "members.SectorStreet"),
            ),
            REFERENCE,
        ),
        **dict.fromkeys(
            ("accounts.MailedLink", "accounts.Tries", "registration.ActivationCode", "socialaccount.SocialToken"),
            USED_ONCE,
        ),
        **dict.fromkeys(
            ("accounts.Role", "accounts.RoleCapability", "accounts.Grant", "accounts.Proposal", "accounts.Recovery"),
            OF_AGENTS,
        ),
        **dict.fromkeys(("billing.Counter", "billing.Campaign", "billing.Allocation", "bookings.Seat"), OF_THE_HOUSE),
        "account.EmailAddress": "vide : le portail garde l’adresse sur le compte",
        "account.EmailConfirmation": "vide : le portail a ses propres liens",
        "accounts.KeptForm": "une saisie interrompue, rendue à la personne à sa connexion suivante",
        "accounts.PasswordRequest": "effacé dès que l’ouvrier a répondu, en quelques secondes",
        "demarches.AskedPhoto": "la photo est donnée telle quelle, parmi les fichiers",
        "documents.StoredFile": "les octets d’un document, donnés avec le document qui les possède",
        "families.FileNote": "note d’un agent : remise à la main sur demande, car elle peut nommer un tiers",
        "families.Merge": "une réunion de dossiers par un agent : ce qui est réuni est donné à sa place",
        "families.FileWord": "les mots d’un dossier, répétés pour la recherche",
        "families.FileTrait": "ce qui fait ressembler deux dossiers, répété pour les comparer",
        "families.ToldApart": "deux dossiers qu’un agent dit différents : l’un ne se dit pas à l’autre famille",
        "health.HealthKey": "la clé qui ferme la fiche ; la fiche, elle, est donnée ouverte",
        **dict.fromkeys(("journal.ChainHead", "journal.Cut"), "l’empreinte du journal, sans personne"),
        "privacy.PurgeRun": "le compte rendu d’un nettoyage : des nombres",
        "privacy.UnusedWarning": "le jour d’un avertissement, qui est parmi les messages envoyés",
        "privacy.Erasure": "le compte rendu d’un effacement : un code, des nombres",
        "privacy.DataExport": "l’export lui-même",
        "members.Barred": "écrit par un agent d’après un jugement, pour protéger l’enfant : remis par la mairie",
        "members.Repeating": "un niveau gardé, que la scolarité de l’enfant montre",
        "members.Disagreement": "renvoie à une démarche et à une personne, déjà données",
        "registration.DraftPhoto": "une photo choisie avant que le compte existe",
        "registration.Takeover": "un fichier de la mairie qui nomme plusieurs familles à la fois",
        "registration.WrongTry": "une protection contre qui essaie des codes, effacée après une heure",
    }
)
