"""What is remembered is never older than the last change."""

from __future__ import annotations

from tactful.adapters.sqlite.memory import Memory


def test_remembers_what_was_read() -> None:
    """A value is read once."""
    memory: Memory[str, int] = Memory(most=10)
    assert memory.fill("a", lambda: 1) == 1
    assert memory.kept == {"a": 1}


def test_a_change_while_reading_is_not_missed() -> None:
    """What was read before a change, and finished after it, is answered but not remembered."""
    memory: Memory[str, int] = Memory(most=10)

    def read() -> int:
        memory.drop("a")  # somebody commits meanwhile
        return 1

    assert memory.fill("a", read) == 1
    assert memory.kept == {}


def test_clearing_while_reading() -> None:
    """The same when everything is forgotten meanwhile."""
    memory: Memory[str, int] = Memory(most=10)
    stamp = memory.stamp
    memory.clear()
    memory.keep("a", 1, stamp=stamp)
    assert memory.kept == {}


def test_forgets_the_oldest() -> None:
    """No more is remembered than was asked for."""
    memory: Memory[int, int] = Memory(most=3)
    for n in range(5):
        memory.keep(n, n, stamp=memory.stamp)
    assert memory.kept == {2: 2, 3: 3, 4: 4}


def test_replacing_forgets_nobody() -> None:
    """A value that takes the place of its predecessor drives nobody out."""
    memory: Memory[int, int] = Memory(most=2)
    for key, value in ((1, 1), (2, 2), (2, 3)):
        memory.keep(key, value, stamp=memory.stamp)
    assert memory.kept == {1: 1, 2: 3}


def test_what_weighs_more_drives_more_out() -> None:
    """Values may weigh: no more than *most* altogether, whatever comes, goes or is replaced."""
    memory: Memory[str, str] = Memory(most=6, weigh=len)
    for key, value in (("a", "xx"), ("b", "xx"), ("c", "xx")):
        memory.keep(key, value, stamp=memory.stamp)
    memory.keep("b", "xxxx", stamp=memory.stamp)
    assert list(memory.kept) == ["b", "c"]
    memory.drop("b")
    memory.drop("b")
    memory.keep("d", "xxxx", stamp=memory.stamp)
    assert list(memory.kept) == ["c", "d"]
    memory.keep("e", "x" * 7, stamp=memory.stamp)
    assert memory.kept == {}
    memory.clear()
    memory.keep("f", "x" * 6, stamp=memory.stamp)
    assert list(memory.kept) == ["f"]
