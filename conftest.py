"""What every test of the project shares."""

import os

from hypothesis import settings

# No deadline: how long one example takes says more about the machine than about the code. In continuous integration
# the examples are the same at each run, so that a failure is there for whoever looks.
settings.register_profile("preau", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("preau")
