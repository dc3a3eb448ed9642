"""Scrapy's settings: what its defaults leave open is closed here; a child adds what its order says."""

from crawlers.answers import MAX_BYTES
from crawlers.watching import BROWSE_SECONDS

BOT_NAME = "xunjian"
SPIDER_MODULES = ["crawlers.spiders"]
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Nothing may reach into a running crawl.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
}

# Only http(s), verified, bounded in size and in time to the last byte.
_HANDLER = "crawlers.chromium.Pages"
DOWNLOAD_HANDLERS = {"http": _HANDLER, "https": _HANDLER, "file": None, "data": None, "s3": None, "ftp": None}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = MAX_BYTES
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_FAIL_ON_DATALOSS = True
DNSCACHE_ENABLED = False
HTTPPROXY_ENABLED = False

# One request at a time; whether and when to ask again is decided in `crawlers.patrol`, not below it.
CONCURRENT_REQUESTS = 1
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
ROBOTSTXT_OBEY = False
HTTPCACHE_ENABLED = False
REFERER_ENABLED = False
COOKIES_ENABLED = True
DEFAULT_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9"}

PLAYWRIGHT_BROWSER_PROVIDER = "crawlers.chromium.Chromium"
PLAYWRIGHT_MAX_PAGES_PER_CONTEXT = 2
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = int(BROWSE_SECONDS * 1000)
PLAYWRIGHT_DOWNLOAD_TIMEOUT = 1000

LOG_LEVEL = "INFO"
STATS_DUMP = False
