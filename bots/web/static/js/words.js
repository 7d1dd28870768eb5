// What the page itself says. Keys are equal in both languages (tested); answers come from the desk.
export const WORDS = {
  zh: {
    product: "城市值班台", tagline: "CityDesk", skip: "跳到提问框", newChat: "新对话", chat: "对话", briefs: "简报", tasks: "我的任务", board: "工单看板",
    recent: "最近的对话", noRecent: "还没有对话", remove: "删除对话", menu: "菜单", close: "关闭", theme: "切换深浅色", language: "English",
    signOut: "退出登录", signIn: "登录", signInLead: "请输入管理员给您的访问令牌", token: "访问令牌", wrongToken: "令牌不对，或试错次数过多",
    asOf: "数据截至 {at}", ask: "问一个问题", placeholder: "例如：昨天夜里哪个区域异常最多", hint: "Enter 发送 · Shift+Enter 换行 · / 回到提问框 · 每个数都附口径与依据",
    send: "发送", greeting: "{city}，现在想了解什么？", lead: "用大白话问，接着追问；每个数都有口径、时间窗和依据。", starters: "可以这样问",
    chart: "图", table: "表", evidence: "依据", csv: "CSV", xlsx: "Excel", rows: "{n} 行", more: "再显示 {n} 行", partial: "只取了前 {n} 行",
    ms: "{n} 毫秒", embedded: "内置模型", fallback: "大模型不可用，已由内置模型回答", up: "答得好", down: "答得不对", why: "哪里不对？（可不填）", sendReason: "提交", thanks: "已记下，谢谢",
    definition: "口径", window: "时间窗", base: "对比", scope: "权限范围", fresh: "数据截至", took: "耗时", count: "结果行数", sql: "查看 SQL", parameters: "参数", copy: "复制", copied: "已复制",
    semantic: "查看语义查询", all: "全部已接入数据", citations: "法规依据", noEvidence: "这个回答没有查询数据。", failed: "没有连上，您的问题还在。", retry: "重试",
    approve: "批准", reject: "驳回", waiting: "正在处理…", playAs: "演示身份", step_query_metrics: "查询指标", step_detect_anomalies: "与平时水平比对", step_list_cases: "调取案件清单",
    step_describe_catalog: "查阅指标目录", step_draw_chart: "绘图", step_search_policy: "检索法规文件", step_clarify: "确认问题", step_abstain: "确认能否回答", step_other: "处理中", read: "理解问题",
    usual: "平时约 {n}", readBrief: "看简报", noTasks: "现在没有待办。", noBriefs: "还没有简报。", preview: "预览", loading: "载入中…", trace: "追踪号", empty: "没有内容", noOrders: "工单库里没有在办的案件。", map: "地图", mapMetric: "看什么", mapWindow: "什么时间", supervised: "督办", askCase: "案件 {number} 的办理情况", days: "{d} 天 {h} 小时", hours: "{h} 小时 {m} 分", minutes: "{m} 分钟", until: "剩余 {t}", over: "超期 {t}",
    role_leader: "领导", role_collector: "监督员", role_acceptor: "受理员", role_shift_leader: "值班长", role_dispatcher: "派遣员", role_handler: "处置人员", role_analyst: "分析员", role_admin: "管理员",
  },
  en: {
    product: "CityDesk", tagline: "城市值班台", skip: "Skip to the question box", newChat: "New conversation", chat: "Conversation", briefs: "Briefings", tasks: "My tasks", board: "Work orders",
    recent: "Recent", noRecent: "No conversations yet", remove: "Delete conversation", menu: "Menu", close: "Close", theme: "Light or dark", language: "中文",
    signOut: "Sign out", signIn: "Sign in", signInLead: "Enter the access token your administrator gave you", token: "Access token", wrongToken: "Wrong token, or too many tries",
    asOf: "Data as of {at}", ask: "Ask a question", placeholder: "For example: which district had the most anomalies last night", hint: "Enter to send · Shift+Enter for a new line · / to the question box · every number shows its evidence",
    send: "Send", greeting: "{city}: what would you like to know?", lead: "Ask in plain words and go on asking; every number has its definition, window and evidence.", starters: "You could ask",
    chart: "Chart", table: "Table", evidence: "Evidence", csv: "CSV", xlsx: "Excel", rows: "{n} rows", more: "Show {n} more rows", partial: "Only the first {n} rows were read",
    ms: "{n} ms", embedded: "embedded model", fallback: "the language model failed, the embedded model answered", up: "Good answer", down: "Wrong answer", why: "What is wrong? (optional)", sendReason: "Send", thanks: "Noted, thank you",
    definition: "Definition", window: "Window", base: "Compared with", scope: "View", fresh: "Data as of", took: "Took", count: "Rows", sql: "Show SQL", parameters: "Parameters", copy: "Copy", copied: "Copied",
    semantic: "Show the semantic query", all: "all the data there is", citations: "Policy sources", noEvidence: "This answer did not query data.", failed: "No connection. Your question is still here.", retry: "Try again",
    approve: "Approve", reject: "Reject", waiting: "Working…", playAs: "Demo identity", step_query_metrics: "Querying metrics", step_detect_anomalies: "Comparing with the usual level", step_list_cases: "Fetching cases",
    step_describe_catalog: "Reading the catalogue", step_draw_chart: "Drawing", step_search_policy: "Searching policies", step_clarify: "Making sure", step_abstain: "Checking what can be answered", step_other: "Working", read: "Reading the question",
    usual: "usually about {n}", readBrief: "Read the brief", noTasks: "Nothing to do right now.", noBriefs: "No briefings yet.", preview: "Preview", loading: "Loading…", trace: "Trace", empty: "Nothing here", noOrders: "No open work orders in the ledger.", map: "Map", mapMetric: "What to show", mapWindow: "When", supervised: "supervised", askCase: "How is case {number} coming along", days: "{d} d {h} h", hours: "{h} h {m} min", minutes: "{m} min", until: "{t} left", over: "{t} overdue",
    role_leader: "leader", role_collector: "collector", role_acceptor: "acceptor", role_shift_leader: "shift leader", role_dispatcher: "dispatcher", role_handler: "handler", role_analyst: "analyst", role_admin: "administrator",
  },
};

let language = "zh";

export function setLanguage(next) {
  language = next === "en" ? "en" : "zh";
  document.documentElement.lang = language;
}

export const tongue = () => language;

export function say(key, fields = {}) {
  const text = WORDS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
}

// The city's wall time as the desk wrote it, without the offset: readers are in the city.
export const moment = (iso) => (iso ? iso.slice(0, 16).replace("T", " ") : "");
