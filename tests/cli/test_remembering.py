"""What the command line announced with a profile is known to the window, too."""

from __future__ import annotations

import pytest

from cli.conftest import Shell
from hbgui.adapters.files.history_db import HistoryDb
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.history import HistoryFilter
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.runtime.named_lock import WINDOW, NamedLock

CUSTOMER = ReportTarget("192.168.5.122", 8260)


class Home:
    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.path = shell.home / ".config/hbgui/settings.json"
        self.file = ProfileFile(self.path)
        self.locks = shell.home / ".local/state/hbgui/locks"

    @property
    def profile(self) -> Profile:
        (found,) = ProfileFile(self.path).load().settings.profiles
        return found

    def beat(self, pbx, *more: str, command: str = "send") -> None:
        arguments = [command, "--profile", "Hotel Post", "--ip", "127.0.0.1", *more]
        ran = self.shell.run(*arguments, token=pbx.token)
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture
def home(shell: Shell) -> Home:
    return Home(shell)


@pytest.mark.parametrize(
    ("command", "more"), [("send", ()), ("keep", ("--count", "2", "--every", "0.2s"))]
)
def test_an_accepted_target_is_kept_with_the_profile(home, simulator, command, more) -> None:
    pbx = simulator()
    home.file.save(Settings((Profile("a", "Hotel Post", pbx.url, earlier=CUSTOMER),), "a"))
    home.beat(pbx, *more, command=command)
    assert home.profile.reports_go_to == ReportTarget("127.0.0.1", 8260)
    assert (home.profile.can_restore_target, home.profile.earlier) == (True, CUSTOMER)
    home.beat(pbx, "--port", "9000")
    assert [a.target.port for a in home.profile.announced] == [9000, 8260]
    # Options are for once: the form in the window stays.
    assert home.profile.port == "8260"


def test_a_refused_one_is_not(home, simulator) -> None:
    pbx = simulator()
    home.file.save(Settings((Profile("a", "Hotel Post", pbx.url),), "a"))
    ran = home.shell.run("send", "--profile", "Hotel Post", token="0f" * 16)
    assert ran.returncode == 1
    assert home.profile.announced == ()


def test_an_open_window_holds_its_profiles(home, simulator) -> None:
    pbx = simulator()
    home.file.save(Settings((Profile("a", "Hotel Post", pbx.url),), "a"))
    lock = NamedLock(home.locks, WINDOW)
    assert lock.acquire()
    try:
        home.beat(pbx)
    finally:
        lock.release()
    assert home.profile.announced == ()


def test_another_pbx_than_the_profiles_is_nothing_to_remember(home, simulator) -> None:
    pbx, other = simulator(), simulator()
    home.file.save(Settings((Profile("a", "Hotel Post", pbx.url),), "a"))
    home.beat(other, "--pbx", other.url)
    assert home.profile.announced == ()


def test_heartbeats_are_in_the_history_of_the_window(home, simulator) -> None:
    pbx = simulator()
    home.file.save(Settings((Profile("a", "Hotel Post", pbx.url),), "a"))
    home.beat(pbx)
    home.beat(pbx, "--count", "2", "--every", "0.2s", command="keep")
    assert home.shell.run("send", "--profile", "Hotel Post", token="0f" * 16).returncode == 1
    history = HistoryDb(home.shell.home / ".local/state/hbgui/history.db", str)
    assert history.open() == []
    rows = history.page(HistoryFilter(pbx_id="a"), 2**62, 10)
    history.close()
    assert [row.attempt.outcome.errno for row in rows] == ["20004", None, None, None]
    assert {row.pbx for row in rows} == {"Hotel Post"}


def test_a_heartbeat_needs_no_history(home, simulator) -> None:
    pbx = simulator()
    home.file.save(Settings((Profile("a", "Hotel Post", pbx.url),), "a"))
    state = home.shell.home / ".local/state/hbgui"
    state.mkdir(parents=True)
    (state / "history.db").mkdir()  # nothing can be kept in that
    home.beat(pbx)
    assert len(pbx.requests) == 1
