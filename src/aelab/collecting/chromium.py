"""Start the Chromium that is installed, without a window, under a driver that is installed.

Selenium would download both by itself where they are missing (Selenium Manager).  Here it is given the two, so
that nothing is ever fetched and run behind a teacher's back.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aelab.errors import LabError

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_DRIVERS: Final = ("chromedriver", "chromium.chromedriver")
_PAGE_SECONDS: Final = 40.0
_SCRIPT_SECONDS: Final = 20.0
_ARGUMENTS: Final = (
    "--headless=new",
    "--window-size=1280,1600",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's /dev/shm is too small
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--mute-audio",
    "--block-new-web-contents",  # no pop-ups
    "--deny-permission-prompts",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # else video calls would pass by the gateway
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--proxy-bypass-list=<-loopback>",  # loopback is bypassed otherwise
)


def find_browser() -> tuple[str, str]:
    """Return the paths of the installed browser and its driver.

    Raises
    ------
    LabError
        If one of them, or Selenium, is missing, with how to install it.
    """
    try:
        import selenium  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise LabError("Collecting from a gallery needs Selenium: install it with `pip install selenium`.") from None
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    driver = next(filter(None, map(shutil.which, _DRIVERS)), None)
    if browser is None or driver is None:
        raise LabError(
            "Collecting from a gallery needs Chromium and its driver: install both, on Debian or Ubuntu with "
            "`sudo apt install chromium chromium-driver`, elsewhere so that chromium (or chrome) and chromedriver of "
            "the same version are found.",
        )
    return browser, driver


@contextlib.contextmanager
def running_browser(gateway: int, user_agent: str) -> Iterator[Chrome]:
    """Start a browser that reaches the internet through the proxy at port `gateway` only; end it with the block.

    Raises
    ------
    LabError
        If it is not installed or does not start.
    """
    browser, driver = find_browser()
    from selenium.common.exceptions import WebDriverException  # noqa: PLC0415 - an extra
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # noqa: PLC0415

    with _home() as home:
        options = ChromeOptions()
        options.binary_location = browser
        options.page_load_strategy = "eager"  # an endless picture would hold the page up for ever
        options.unhandled_prompt_behavior = "dismiss"
        for argument in (
            *_ARGUMENTS,
            f"--proxy-server=http://127.0.0.1:{gateway}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no name is looked up beside the gateway
            f"--user-data-dir={home}",
            f"--user-agent={user_agent}",
        ):
            options.add_argument(argument)
        if _is_root():
            options.add_argument("--no-sandbox")  # Chromium has no sandbox for root, who is a container's user
        service = ChromeService(executable_path=driver, log_output=subprocess.DEVNULL)
        try:
            chrome = Chrome(options=options, service=service)
        except (WebDriverException, OSError) as error:
            raise LabError(
                "Chromium did not start ({reason}). Check that chromium and chromedriver are of the same version.",
                reason=(str(error).strip() or type(error).__name__).splitlines()[0][:200],
            ) from None
        try:
            chrome.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "deny"})
            chrome.set_page_load_timeout(_PAGE_SECONDS)
            chrome.set_script_timeout(_SCRIPT_SECONDS)
            yield chrome
        finally:
            with contextlib.suppress(WebDriverException, OSError):
                chrome.quit()


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    """Make a folder for everything the browser writes; what it still holds on to is no reason to fail."""
    home = Path(tempfile.mkdtemp(prefix="aelab-browser-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
