"""A plug-in of pytest for nbgrader's own tests: a course made through its API has airlock switched on, too.

Courses that read a configuration file have it from there, see tests/nbgrader_plugin/test_nbgraders_own.py.
"""

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from airlock.settings import configure

as_it_was = NbGraderAPI.__init__


def switched_on(self, *arguments, **options):
    """Make the API object with the course's own configuration over airlock's."""
    as_it_was(self, *arguments, **options)
    config = Config()
    configure(config)
    config.merge(self.config)
    self.config = config


NbGraderAPI.__init__ = switched_on
