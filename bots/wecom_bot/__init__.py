"""WeCom's AI bot (智能机器人) over its long connection: outbound only, so that no public address is needed."""
