"""Lets Debian's build of Azure CLI 2.45 find its network library.

Its table of API versions names 2022-01-01, but the package ships 2022-07-01, so every `az network` command that reads the
table ends with a traceback. The lasting cure is to change that one line in azure/cli/core/profiles/_shared.py; with this
folder on PYTHONPATH the change is made in memory, and only where it is needed. A current CLI ignores PYTHONPATH.
"""

import os.path
from importlib.util import find_spec

NAMED = "2022-01-01"
SHIPPED = "2022-07-01"


def has_version(version):
    network = find_spec("azure.mgmt.network")
    folder = "v" + version.replace("-", "_")
    return any(os.path.isdir(os.path.join(place, folder)) for place in network.submodule_search_locations)


try:
    from azure.cli.core.profiles._shared import AZURE_API_PROFILES, ResourceType

    latest = AZURE_API_PROFILES["latest"]
    if latest.get(ResourceType.MGMT_NETWORK) == NAMED and not has_version(NAMED) and has_version(SHIPPED):
        latest[ResourceType.MGMT_NETWORK] = SHIPPED
except (AttributeError, ImportError, KeyError):
    # Another program than Azure CLI, or another build of it.
    pass
