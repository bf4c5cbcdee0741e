"""The demonstrations that are shipped, one module per town."""

from preau.townfile.demonstration.scenes.vigneux import VIGNEUX
from preau.townfile.demonstration.scenes.villejuif import VILLEJUIF
from preau.townfile.demonstration.scenes.villennes import VILLENNES
from preau.townfile.demonstration.scenes.villepreux import VILLEPREUX

SCENES = {scene.town: scene for scene in (VILLEJUIF, VILLEPREUX, VIGNEUX, VILLENNES)}
