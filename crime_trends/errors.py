"""The errors that a user can cause or meet, each one clear message without a traceback."""


class CrimeTrendsError(Exception):
    """Something went wrong that the message explains: what is wrong, and what to do. Exit code 1."""

    exit_code = 1
    passes = False
    """Whether trying the same again in a while may work."""


class UsageError(CrimeTrendsError):
    """A wrong command line, a missing or wrong setting, the wrong kind of home. Exit code 2."""

    exit_code = 2


class PortalError(CrimeTrendsError):
    """A portal could not be reached, or what it sent does not fit its contract. The last good data stay."""


class PortalBusyError(PortalError):
    """A portal did not answer, or changed its data meanwhile. The last good data stay."""

    passes = True


class ReconciliationError(CrimeTrendsError):
    """Rows would be lost or doubled between two layers. Nothing was published."""


class LakeConflictError(CrimeTrendsError):
    """Another process published the same partition meanwhile. Nothing was overwritten."""

    passes = True


class NoTableError(CrimeTrendsError):
    """The warehouse, or a table of it, was never made."""


class WarehouseBusyError(CrimeTrendsError):
    """Another process held the warehouse for longer than one waits."""

    passes = True


class CloudError(CrimeTrendsError):
    """A Google service refused, or what it did failed. Nothing is half-written."""


class CloudBusyError(CloudError):
    """A Google service did not answer, or could not just now. Nothing is half-written."""

    passes = True
