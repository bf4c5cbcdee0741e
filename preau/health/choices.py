"""What a sheet is made of, how a vaccine stands, why an agent reads."""

from django.db.models import TextChoices


class Item(TextChoices):
    """The subjects of a sheet, in the order of its page; each has its own short form."""

    VACCINES = "vaccines", "Vaccins"
    DOCTOR = "doctor", "Médecin traitant"
    ALLERGIES = "allergies", "Allergies"
    PAI = "pai", "PAI"
    TREATMENTS = "treatments", "Traitements"
    ADVICE = "advice", "Recommandations utiles"
    INSURANCE = "insurance", "Assurance"
    BLOOD_GROUP = "blood_group", "Groupe sanguin"
    ILLNESSES = "illnesses", "Maladies déjà eues"


class Mode(TextChoices):
    """What the town does with an item."""

    OFF = "off", "pas demandé"
    OPTIONAL = "optional", "facultatif"
    REQUIRED = "required", "demandé"


class Vaccine(TextChoices):
    """As the health record of a child tells them; the shots of one day often cover several."""

    DTP = "dtp", "Diphtérie, tétanos, polio (DTP)"
    PERTUSSIS = "coqueluche", "Coqueluche"
    HIB = "hib", "Haemophilus influenzae b (Hib)"
    HEPATITIS_B = "hepatite-b", "Hépatite B"
    PNEUMOCOCCUS = "pneumocoque", "Pneumocoque"
    MMR = "ror", "Rougeole, oreillons, rubéole (ROR)"
    MENINGOCOCCUS_C = "meningocoque-c", "Méningocoque C"
    MENINGOCOCCUS_ACWY = "meningocoques-acwy", "Méningocoques ACWY"
    MENINGOCOCCUS_B = "meningocoque-b", "Méningocoque B"
    BCG = "bcg", "Tuberculose (BCG)"


class DoseState(TextChoices):
    """What a family tells of a dose. Exempt, its date is the last day of the certificate."""

    GIVEN = "given", "Faite"
    PLANNED = "planned", "Prévue"
    EXEMPT = "exempt", "Contre-indiquée, avec un certificat"


class Severity(TextChoices):
    MILD = "mild", "Légère"
    SERIOUS = "serious", "Forte\u00a0: il faut agir vite"
    VITAL = "vital", "Peut mettre sa vie en danger"


class BloodGroup(TextChoices):
    A_PLUS = "A+", "A+"
    A_MINUS = "A-", "A−"
    B_PLUS = "B+", "B+"
    B_MINUS = "B-", "B−"
    AB_PLUS = "AB+", "AB+"
    AB_MINUS = "AB-", "AB−"
    O_PLUS = "O+", "O+"
    O_MINUS = "O-", "O−"


class Illness(TextChoices):
    ASTHMA = "asthme", "Asthme"
    PERTUSSIS = "coqueluche", "Coqueluche"
    EAR_INFECTIONS = "otites", "Otites"
    MUMPS = "oreillons", "Oreillons"
    MEASLES = "rougeole", "Rougeole"
    RUBELLA = "rubeole", "Rubéole"
    SCARLET_FEVER = "scarlatine", "Scarlatine"
    CHICKENPOX = "varicelle", "Varicelle"


class Purpose(TextChoices):
    """Why an agent opens a sheet."""

    ON_DUTY = "on_duty", "Accueil de l’enfant"
    FAMILY = "family", "Réponse à la famille"
    COUNTER = "counter", "Fiche remplie au guichet"
    EMERGENCY = "emergency", "Lecture hors de son lieu du jour"


class DateFault(TextChoices):
    """What is wrong with the date of a dose."""

    BEFORE_BIRTH = "before_birth", "Cette date est avant la naissance\u00a0: vérifiez l’année"
    IN_THE_FUTURE = "in_the_future", "Cette date n’est pas encore passée\u00a0: choisissez «\u00a0Prévue\u00a0»"
    ALREADY_PAST = "already_past", "Cette date est passée\u00a0: choisissez «\u00a0Faite\u00a0», ou une date à venir"
    OUT_OF_ORDER = "out_of_order", "Cette dose doit être après la précédente"
    HOLE = "hole", "Remplissez d’abord la dose précédente"
    ENDED = "ended", "Ce certificat n’est plus valable\u00a0: demandez-en un autre au médecin"
