"""The acts of the story once the hub runs; each plays its part, waits, and looks into every ENT."""

from __future__ import annotations

from preau.demo.cantal.agenda import check_agendas, check_apart, new_address
from preau.demo.cantal.checks import class_key, group, group_holds, shows
from preau.demo.cantal.documents import BEFORE_MOVE, RULES, WORDS, check_shown, share
from preau.demo.cantal.moving import move
from preau.demo.cantal.project import (
    MEETING,
    PEOPLE,
    TITLE,
    meeting,
    network_project,
)
from preau.demo.cantal.seeds import sectors_file
from preau.demo.cantal.territory import (
    BENEYLU,
    COLLEGE,
    GROUPEMENTS,
    NETCIRCO,
    NETCOLLEGE,
    NETECOLE,
    NETWORK,
    NETWORK_NAME,
    ORGUES,
    PLANEZE,
    PROJECT,
    ROOMS,
    SAINT_FLOUR,
)
from preau.demo.known import people_known
from preau.demo.playbill import Heading
from preau.demo.script import Act
from preau.demo.story import Story
from preau.demo.waiting import StoryBroken
from preau.store import sectors
from preau.web import french

INSTANCES = (NETECOLE, BENEYLU, NETCIRCO, NETCOLLEGE)


def directories(story: Story) -> None:
    """Four ENTs say who is there; the sectors come as a file, Saint-Flour's is a network."""
    stage = story.stage
    said = sum(stage.say(name, {"what": "directory"}) for name in INSTANCES)
    story.screen.note(f"Net'École dit {len(GROUPEMENTS)} groupements, Beneylu les autres écoles")
    story.screen.note("Net'circo dit deux circonscriptions, NetCollège le collège")
    taken = stage.operator.sectors(sectors_file())
    story.screen.note(f"un fichier CSV dit {taken['changed']} secteurs, {taken['lines']} écoles")
    people = sum(len(each.told) for each in ROOMS)
    keys = [class_key(each) for each in ROOMS]
    heard = said + taken["changed"]
    story.until(lambda: story.unaccounted(heard) or people_known(stage.control, keys, people))
    made = story.counted()
    if made.aside:
        raise StoryBroken(f"{made.aside} événements mis de côté, aucun n'était attendu")
    _check_network(story)


def _check_network(story: Story) -> None:
    with story.stage.control.engine.connect() as connection:
        held = [each for each in sectors.every(connection) if each.name == NETWORK_NAME]
    found = {(each.college, each.ecole, each.circonscription) for each in held}
    if found != {(COLLEGE.uai, each.uai, SAINT_FLOUR.uai) for each in NETWORK}:
        raise StoryBroken(f"le réseau de Saint-Flour a {len(found)} écoles, attendu {len(NETWORK)}")
    story.screen.note(
        f"réseau de Saint-Flour : un collège, {len(found)} écoles, une circonscription"
    )


def project(story: Story) -> None:
    """The network's project, by its convention; each establishment decides in its own way."""
    operator, before = story.stage.operator, story.counted().heard
    story.project = operator.create(network_project(story.stage))
    story.screen.note(f"{french.quoted(TITLE)}, par convention : {len(PROJECT)} établissements")
    for each in PROJECT:
        if each == COLLEGE:
            operator.decide(story.project, each.uai, "AUTHORISED", "PRINCIPAL")
            story.screen.note(f"{each.name} : autorisé par la principale")
        else:
            operator.decide(story.project, each.uai, "TRANSMITTED", "DIRECTOR")
            operator.decide(story.project, each.uai, "AUTHORISED", "DASEN")
            story.screen.note(f"{each.name} : transmis, puis autorisé par le DASEN")
    story.until_through(before + 2 * len(PROJECT))  # the project; two decisions each, but one
    state = story.page()["state"]
    if state != "OPEN":
        raise StoryBroken(f"le projet devrait être ouvert, il est {french.state(state).word}")


def group_everywhere(story: Story) -> None:
    """The group is in the four ENTs, in each one's own way; no pupil gets into Net'circo."""
    story.until_answered(len(INSTANCES) + PEOPLE, 0)
    for name in INSTANCES:
        held = group_holds(story.stage.ents, name, TITLE, PROJECT)
        story.native[name] = str(held["id"])
    classes = sum(each.instance == BENEYLU for each in PROJECT)
    story.screen.note(f"Beneylu : un partenariat de {classes} classe")
    for name, title in ((NETECOLE, "Net'École"), (NETCOLLEGE, "NetCollège")):
        held = group(story.stage.ents, name, TITLE)
        story.screen.note(f"{title} : une liste de {len(held['members'])} élèves, par fichiers")
    _no_pupil_among_adults(story)


def _no_pupil_among_adults(story: Story) -> None:
    """A pupil whom Net'circo names by mistake is set aside, and is nowhere."""
    before = story.counted()
    member = {"identifiant": "nc-999", "profil": "ELEVE", "nom": "FABRESSE", "prenom": "Zoé"}
    fields = {
        "circonscription": SAINT_FLOUR.name,
        "groupe": {"code": SAINT_FLOUR.code, "libelle": SAINT_FLOUR.label},
        "membre": {**member, "uai": SAINT_FLOUR.uai},
    }
    event = "groupe_inter_etablissement.membre_ajoute"
    story.stage.say(NETCIRCO, {"what": "event", "event": event, "fields": fields})
    story.until_through(before.heard + 1)
    aside = story.counted().aside - before.aside
    if aside != 1:
        raise StoryBroken("un élève nommé dans Net'circo n'a pas été mis de côté")
    held = group_holds(story.stage.ents, NETCIRCO, TITLE, PROJECT)
    story.screen.note(f"Net'circo : {len(held['members'])} adultes, et eux seuls")
    story.screen.note("un élève nommé là par erreur est mis de côté : adultes seulement")


def documents(story: Story) -> None:
    """Two schools share a document each: where only a link can be given, the receipt says so."""
    share(story, ORGUES, RULES)
    share(story, PLANEZE, WORDS)
    check_shown(story, BEFORE_MOVE)
    story.screen.note("les autres les ont en lien, et l'accusé le dit : appliqué en lien")


def calendar(story: Story) -> None:
    """The collège sets a date: it is in every other ENT's group, and in the network's agenda."""
    before, heard = story.receipts(), story.counted().heard
    event, fields = meeting(story.stage, story.native[NETCOLLEGE])
    said = story.stage.say(NETCOLLEGE, {"what": "event", "event": event, "fields": fields})
    story.screen.note(f"le collège fixe une date : {french.quoted(MEETING)}")
    story.until_through(heard + said)
    others = [name for name in INSTANCES if name != NETCOLLEGE]
    story.until_answered(before.applied + len(others), before.pending)
    for name in others:
        shows(group(story.stage.ents, name, TITLE), [MEETING], "dates")
    story.screen.note(f"elle est dans l'agenda du groupe de {len(others)} autres ENT")
    story.secrets |= {each.uai: new_address(story.stage, each) for each in PROJECT}
    check_agendas(story.stage, story.secrets, [MEETING])
    check_apart(story.stage)
    story.screen.note(f"et dans l'agenda de {NETWORK_NAME}, que lisent {len(PROJECT)} membres")


ACTS = (
    Act(Heading("directories", "Annuaires et secteurs arrivent", "annuaires"), directories),
    Act(Heading("project", "Le réseau fait un projet, chacun décide", "projet"), project),
    Act(
        Heading("group", "Le groupe apparaît dans les quatre ENT", "groupe", answers=True),
        group_everywhere,
    ),
    Act(Heading("documents", "Deux documents voyagent", "documents", answers=True), documents),
    Act(Heading("calendar", "Une date pour tout le réseau", "agenda", answers=True), calendar),
    Act(Heading("move", "Une école change d'ENT en cours d'année", "passage", answers=True), move),
)
