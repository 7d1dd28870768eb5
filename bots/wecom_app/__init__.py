"""WeCom's self-built app (自建应用): called back over HTTPS, answers through the app's API."""
