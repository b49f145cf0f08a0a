import pytest
from environs import Env, EnvValidationError

from neofi.rates import validate_rate


@pytest.mark.parametrize("rate", ["none", "1/s", "30/min", "20/hour", "1000/day", "5/second"])
def test_a_rate_is_read(monkeypatch, rate):
    monkeypatch.setenv("THROTTLE_LOGIN", rate)
    assert Env().str("THROTTLE_LOGIN", validate=validate_rate) == rate


@pytest.mark.parametrize("rate", ["abc", "", "30", "30/fortnight", "-1/min", "1.5/min", "None"])
def test_anything_else_stops_with_a_message(monkeypatch, rate):
    monkeypatch.setenv("THROTTLE_LOGIN", rate)
    with pytest.raises(EnvValidationError, match=r"THROTTLE_LOGIN.*such as 30/min"):
        Env().str("THROTTLE_LOGIN", validate=validate_rate)
