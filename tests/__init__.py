"""All tests. It is a package because a dependency installs one of this name, which would otherwise be found first."""
