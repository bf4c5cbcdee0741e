"""Files that people send, made harmless: decoded and written anew in a limited process, of their bytes none is kept.

`running` starts the process and reads its answer · `child` is that process, which knows neither Django nor the
database · `pictures` and `pdfs` decode and write · `limits` what is too much · `sniffing` what a file says it is.
"""

from preau.core.cleaning.limits import FORMATS, FileRefused, Reason
from preau.core.cleaning.running import Cleaned, Part, clean, draw, photo

__all__ = ["FORMATS", "Cleaned", "FileRefused", "Part", "Reason", "clean", "draw", "photo"]
