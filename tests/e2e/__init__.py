import pytest

pytest.register_assert_rewrite("tests.e2e.limits", "tests.e2e.people", "tests.e2e.scripts")
