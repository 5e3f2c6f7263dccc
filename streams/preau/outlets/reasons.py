"""Why an ENT did not apply something: a closed list of codes, each with its words in French.

A receipt carries the code; the project's page shows the words. `answers:` in an operation file may
use these codes only.
"""

from __future__ import annotations

from collections.abc import Mapping

APPLIED = ""
PARENT_REFUSED = "PARENT_REFUSED"
"""Of what depends on something that the ENT refused; wanted again once that is applied."""
REPAIRED = "REPAIRED"
"""Of what an ENT had lost or changed, and has as it should be again."""
REASONS: Mapping[str, str] = {
    "UNKNOWN_GROUP": "l'ENT ne connaît pas ce groupe",
    "UNKNOWN_MEMBER": "l'ENT ne connaît pas ce compte ou cette classe",
    "UNKNOWN_RESOURCE": "l'ENT ne trouve plus ce document",
    "NOT_A_CLASS": "seules des classes peuvent entrer dans ce groupe",
    "OTHER_CLASS": "seules des personnes de la classe de ce groupe peuvent y entrer",
    "ARCHIVED": "le groupe ou le compte est archivé dans l'ENT",
    "STATE_OWNED": "ces données viennent de l'annuaire académique ; l'ENT ne les modifie pas",
    "NOT_ALLOWED": "le compte technique n'a pas ce droit dans l'ENT",
    "REFUSED": "l'ENT a refusé la demande sans dire pourquoi",
    "NOT_SUPPORTED": "l'ENT ne sait pas encore faire cela",
    "NOT_SUBSCRIBED": "l'établissement n'a pas souscrit ce service dans son ENT",
    "NO_MANDATE": "l'établissement n'a pas, ou n'a plus, autorisé cet échange",
    "MEDIA_GONE": "le document n'existe plus dans l'ENT d'origine",
    "MEDIA_TOO_LARGE": "le document est trop lourd pour être copié",
    "TOO_LARGE": "le message est trop long pour un webhook",
    "NOT_AUTHENTICATED": "l'ENT ne reconnaît pas le compte technique ; l'opérateur doit agir",
    "ADDRESS_NOT_ALLOWED": "l'adresse de l'ENT n'est pas admise ; l'opérateur doit agir",
    "DISABLED": "l'ENT ne veut plus recevoir de messages ; l'opérateur doit agir",
    "UNREACHABLE": "l'ENT ne répond pas",
    "NO_ANSWER": "l'ENT n'a pas répondu à temps ; Préau vérifiera avant de recommencer",
    "TOO_MANY": "l'ENT demande de ralentir",
    "ENT_ERROR": "l'ENT est en panne",
    "SOURCE_UNREACHABLE": "l'ENT d'origine du document ne répond pas",
    "REDIRECTED": "l'ENT renvoie vers une autre adresse, que Préau ne suit pas",
    "PARENT_MISSING": "le groupe n'existe pas encore dans l'ENT",
    "PARENT_REFUSED": "l'ENT a refusé le groupe ; Préau recommencera dès qu'il l'aura accepté",
    "ADULTS_ONLY": "ce service n'accueille que les adultes des établissements",
    "APPLIED_AS_LINK": "appliqué en lien\u00a0: le document reste dans son ENT d'origine",
    "APPLIED_AS_TEXT": "appliqué en texte\u00a0: l'ENT le montre comme une page à lire du groupe",
    "APPLIED_AS_MAIL": "appliqué en courriel\u00a0: envoyé à la liste de diffusion du groupe",
    "NEXT_SET": "sera dans le prochain envoi complet, préparé chaque nuit",
    "REPAIRED": "remis en ordre\u00a0: l'ENT ne l'avait plus, ou l'avait changé",
    "NO_DOCUMENTS": "ce service n'a pas de place pour les documents, qui restent dans les ENT",
    "NO_ACCOUNT": "cet élève n'a pas encore de compte dans l'ENT",
}
"""Code → words.

`NO_ACCOUNT` is given by the projects step, `NO_DOCUMENTS` by the project's page, of what is never
sent; all others by `deliver`.
"""


def words(code: str) -> str:
    """The French sentence of a code; an unknown one is shown as it is."""
    return REASONS.get(code, code)
