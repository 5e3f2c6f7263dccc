"""What a school reads, in French, beside a file it dropped: a report, or why it was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preau.errors import Complaint, SetAside

REFUSED: Mapping[str, tuple[str, str]] = {
    "MANDATE_MISSING": (
        "Aucun mandat, ou plus aucun, ne permet à ce système de publier ces données.",
        "Demandez à la personne qui exploite Préau quel mandat manque.",
    ),
    "MANDATE_ELSEWHERE": (
        "Un établissement est nommé pour lequel aucun mandat ne permet de publier ces données.",
        "N'envoyez que ce qui concerne les établissements autorisés.",
    ),
    "XML_TRUNCATED": (
        "Le fichier s'arrête avant sa fin : il a été coupé.",
        "Déposez de nouveau le fichier entier.",
    ),
    "XML_BROKEN": (
        "Ce n'est pas un fichier XML correct.",
        "Déposez le fichier tel que l'académie le fournit, sans l'ouvrir ni le modifier.",
    ),
    "XML_DOCTYPE": (
        "Le fichier contient une déclaration DOCTYPE ou ENTITY, refusée pour la sécurité de tous.",
        "Déposez le fichier tel que l'académie le fournit.",
    ),
    "XML_ENCODING": (
        "L'encodage des caractères n'est pas celui que le fichier annonce, ou il est inconnu.",
        "Enregistrez le fichier en UTF-8.",
    ),
    "XML_DECLARATION": (
        "La première ligne du fichier n'est pas celle d'un fichier XML.",
        "Déposez le fichier tel que l'académie le fournit.",
    ),
    "XML_NUL": ("Le fichier est abîmé (octets nuls).", "Copiez-le et déposez-le de nouveau."),
    "AAF_NOT_AAF": (
        "Ce n'est pas un fichier de l'annuaire académique fédérateur (AAF).",
        "Vérifiez que c'est le bon fichier, et le bon dossier de dépôt.",
    ),
    "AAF_RECORD_SIZE": (
        "Une fiche du fichier est bien trop longue.",
        "Déposez le fichier tel que l'académie le fournit.",
    ),
    "XML_RECORD_SIZE": (
        "Une fiche du fichier est bien trop longue.",
        "Déposez le fichier tel que SIECLE ou STSWEB le fournit.",
    ),
    "SCHOOL_FILE": (
        "Ce n'est pas un des fichiers de SIECLE ou de STSWEB que Préau lit.",
        "Vérifiez que c'est le bon fichier, et le bon dossier de dépôt.",
    ),
    "STS_UPWARD": (
        "C'est le fichier qui remonte vers STSWEB (emp_sts), et non celui qui en descend.",
        "Déposez le fichier sts_emp_<UAI>_<année>.xml, exporté de STSWEB.",
    ),
    "SCHOOL_UAI": (
        "Le fichier ne dit pas de quel établissement il vient.",
        "Déposez le fichier tel que SIECLE ou STSWEB le fournit, ou précisez l'UAI.",
    ),
    "SCHOOL_LATE": (
        "L'établissement est annoncé après les fiches, ou deux fois.",
        "Déposez le fichier tel que SIECLE ou STSWEB le fournit, sans le modifier.",
    ),
    "SCHOOL_CHARACTER": (
        "L'encodage des caractères n'est pas celui que le fichier annonce.",
        "Déposez le fichier tel que SIECLE ou STSWEB le fournit, sans l'ouvrir ni le modifier.",
    ),
    "SCHOOL_SHAPE": (
        "L'en-tête du fichier (PARAMETRES) n'a pas la forme attendue.",
        "Déposez le fichier tel que SIECLE ou STSWEB le fournit, sans le modifier.",
    ),
    "CSV_SIZE": (
        "Le fichier est bien plus grand que celui d'une école.",
        "Déposez le fichier d'une seule école.",
    ),
    "CSV_ENCODING": (
        "L'encodage des caractères n'est ni UTF-8, ni Windows-1252, ni ISO-8859-1.",
        "Enregistrez le fichier en UTF-8.",
    ),
    "CSV_NUL": (
        "Le fichier est abîmé (octets nuls), ou il est en UTF-16.",
        "Refaites l'extraction, ou enregistrez le fichier en UTF-8.",
    ),
    "CSV_ROW": (
        "La ligne des titres de colonnes est abîmée ou bien trop longue.",
        "Refaites l'extraction, et déposez-la sans l'ouvrir ni la modifier.",
    ),
    "CSV_CHARACTER": (
        "La ligne des titres de colonnes contient un caractère de contrôle.",
        "Refaites l'extraction, et déposez-la sans l'ouvrir ni la modifier.",
    ),
    "CSV_HEADERS": (
        "Il manque une colonne que ce fichier doit avoir, ou une colonne y est deux fois.",
        "Refaites l'export avec toutes ses colonnes, et leurs titres sur la première ligne.",
    ),
    "CSV_HASH": (
        "Le fichier a été lu sans la clé qui protège les noms.",
        "Prévenez l'opérateur en lui donnant le code.",
    ),
    "FILE_NAME": (
        "Ce nom de fichier n'est pas attendu ici.",
        "Donnez au fichier un des noms convenus avec votre éditeur, puis déposez-le de nouveau.",
    ),
    "FILE_DATE": (
        "La date dans le nom du fichier n'existe pas.",
        "Corrigez le nom, par exemple eleves-2026-09-15.csv, puis déposez-le de nouveau.",
    ),
    "ICS_SIZE": (
        "L'agenda est bien plus grand que celui d'un groupe.",
        "Déposez l'agenda d'un seul groupe.",
    ),
    "ICS_NOT_ICS": (
        "Ce n'est pas un agenda au format iCalendar (.ics), en UTF-8.",
        "Déposez l'agenda tel que l'ENT l'exporte, sans l'ouvrir ni le modifier.",
    ),
    "ICS_TRUNCATED": (
        "L'agenda s'arrête avant sa fin : il a été coupé.",
        "Refaites l'export, et déposez-le entier.",
    ),
    "ONDE_UAI": (
        "Rien ne dit de quelle école est ce fichier.",
        "Mettez l'UAI de l'école dans le nom du fichier : CSVExtraction-eleves-0110001A.csv.",
    ),
    "ONDE_HASH": (
        "Le fichier a été lu sans la clé qui protège les noms.",
        "Prévenez l'opérateur en lui donnant le code.",
    ),
    "ONDE_HEADERS": (
        "Les titres de colonnes ne sont pas ceux d'une extraction d'ONDE.",
        "Déposez l'extraction des élèves, des responsables ou des enseignants, avec ses titres.",
    ),
    "JSON_TRUNCATED": (
        "Le fichier s'arrête au milieu d'un événement : il a été coupé.",
        "Déposez de nouveau le fichier entier.",
    ),
    "JSON_NOT_EVENTS": (
        "Le fichier ne contient pas des événements au format JSON.",
        "Vérifiez que c'est le bon fichier, et le bon dossier de dépôt.",
    ),
    "FILE_EMPTY": ("Le fichier est vide.", "Déposez de nouveau le fichier entier."),
    "FILE_KIND": (
        "Ce n'est pas un fichier ordinaire (lien, dossier ou tuyau).",
        "Déposez une copie du fichier lui-même.",
    ),
    "FILE_SIZE": ("Le fichier dépasse 2 Gio.", "Découpez-le, ou prévenez l'opérateur."),
    "FILE_CHANGED": (
        "Le fichier a changé pendant sa lecture.",
        "Déposez-le de nouveau quand sa copie est finie.",
    ),
    "IMPORT_EMPTY": (
        "Aucun fichier à importer n'a été trouvé.",
        "Donnez les fichiers, leur dossier ou leur archive.",
    ),
    "IMPORT_PATH": (
        "Ce fichier ou ce dossier n'existe pas, ou ne peut pas être lu.",
        "Vérifiez son nom et ses droits d'accès.",
    ),
    "IMPORT_LINK": (
        "Un lien ou un fichier spécial se trouve parmi les fichiers.",
        "Mettez à sa place une copie du fichier lui-même.",
    ),
    "IMPORT_SAME_NAME": (
        "Deux fichiers portent le même nom.",
        "Donnez chaque fichier une seule fois, ou importez les lots l'un après l'autre.",
    ),
    "IMPORT_GAP": (
        "Il manque des fichiers : leur numérotation est interrompue.",
        "Donnez tous les fichiers du lot, tels que l'académie les fournit.",
    ),
    "IMPORT_MANY": (
        "Il y a trop de fichiers (plus de 20 000).",
        "Donnez seulement le dossier des fichiers de l'État.",
    ),
    "IMPORT_SIZE": (
        "Une fois décompressé, le lot tient trop de place.",
        "Libérez de la place sur le disque, ou importez en plusieurs fois.",
    ),
    "IMPORT_RATIO": (
        "Cette archive a été fabriquée pour remplir un disque.",
        "Ne l'ouvrez pas ; demandez d'où elle vient.",
    ),
    "IMPORT_ARCHIVE": (
        "L'archive est coupée ou abîmée, ou n'en est pas une.",
        "Copiez-la de nouveau, ou donnez les fichiers décompressés.",
    ),
    "IMPORT_NAME": (
        "L'archive contient un nom de fichier qui mène hors d'elle.",
        "Ne l'utilisez pas ; demandez d'où elle vient.",
    ),
    "IMPORT_NESTED": (
        "Une archive se trouve dans une archive.",
        "Décompressez la première et donnez celles qu'elle contient.",
    ),
    "IMPORT_ENCRYPTED": (
        "L'archive est protégée par un mot de passe.",
        "Décompressez-la et donnez les fichiers.",
    ),
    "IMPORT_METHOD": (
        "L'archive est compressée d'une façon qui n'est pas lue.",
        "Décompressez-la et donnez les fichiers, ou refaites une archive zip ordinaire.",
    ),
    "IMPORT_MIXED": (
        "Les fichiers ne sont pas tous du même export (jour, académie, degré, école ou genre).",
        "Donnez les fichiers d'un seul export.",
    ),
    "IMPORT_ACADEMY": (
        "Ces fichiers sont d'une autre académie.",
        "Donnez-les à l'instance de cette académie.",
    ),
    "IMPORT_DEGREE": (
        "Ces fichiers sont de l'autre degré.",
        "Donnez-les à l'instance de ce degré.",
    ),
    "IMPORT_OLDER": (
        "Cet export est plus ancien que le dernier importé.",
        "Donnez l'export le plus récent.",
    ),
    "IMPORT_CATEGORY": (
        "Il manque une catégorie de fiches que le dernier lot contenait.",
        "Donnez tous les fichiers du lot ensemble (un dossier dont le nom finit par .complet).",
    ),
    "IMPORT_UNSENT": (
        "Un import précédent n'a été envoyé qu'en partie.",
        "Envoyez-le d'abord en entier (page des imports), puis donnez de nouveau ces fichiers.",
    ),
    "IMPORT_WAITS": (
        "Un import de ce dossier attend déjà une décision, ou son envoi.",
        "Décidez de celui-là (page des imports), puis déposez de nouveau ce fichier.",
    ),
    "WAY_IN": (
        "L'ENT de ce dossier n'envoie pas de fichiers.",
        "Vérifiez que c'est le bon dossier de dépôt.",
    ),
}
_UNKNOWN = ("Le fichier n'a pas pu être lu.", "Prévenez l'opérateur en lui donnant le code.")
_SHOWN = 100


def refusal(why: SetAside, read: int) -> str:
    """Why a file was refused; `read` records before the fault have been taken."""
    reason, todo = REFUSED.get(why.code, _UNKNOWN)
    lines = [reason, f"À faire : {todo}", f"Code : {why.code} ({why.complaint.what})"]
    if read:
        lines.append(
            f"Les {read} fiches lues avant ce point ont été prises en compte ; "
            "déposer de nouveau le fichier ne les doublera pas."
        )
    return "\n".join(lines) + "\n"


def told(why: SetAside) -> str:
    """Why a whole set was refused, in one line: the reason, what to do, then where and what."""
    reason, todo = REFUSED.get(why.code, _UNKNOWN)
    return f"{reason} À faire : {todo} Code : {why.code} ({_exactly(why.complaint)})"


def _exactly(complaint: Complaint) -> str:
    """The file, what was found in it, and what was expected."""
    found = f"{complaint.where.file} : {complaint.what}" if complaint.where.file else complaint.what
    return " ; ".join((found, *complaint.known))


def report(
    file: str, taken: int, problems: Sequence[tuple[str, str]], more: int, unread: int = 0
) -> str:
    """What was done with a file; `problems` are (place, code) pairs, `more` were not kept.

    `unread` columns were passed over.
    """
    aside = len(problems) + more
    lines = [
        "Fichier lu en entier.",
        f"Fiches prises en compte : {taken}",
        f"Fiches mises de côté : {aside}",
        f"Empreinte du fichier : {file}",
    ]
    if unread:
        lines.append(f"Colonnes non lues, car Préau n'en a pas besoin : {unread}")
    if aside:
        lines.append("Les fiches mises de côté, par leur rang dans le fichier :")
        lines += [f"  {in_french(place)} : {code}" for place, code in problems]
    if more:
        lines.append(f"  … et {more} autres.")
    return "\n".join(lines) + "\n"


def in_french(place: str) -> str:
    """A reader's place as a person says it: `record 17` is `fiche 17`."""
    return place.replace("record", "fiche").replace("line", "ligne")


def kept(problems: Sequence[tuple[str, str]]) -> bool:
    """Whether the report still has room for one more problem."""
    return len(problems) < _SHOWN
