/** Names and values that would do something if they were not text. */
export const HOSTILE: readonly string[] = [
  "</script><script>document.title='owned'</script>",
  "<img src=x onerror=\"document.title='owned'\">",
  "'\"><svg/onload=document.title='owned'>",
  "<!--<script>",
  "&lt;b&gt;&amp;",
  "a\u2028b\u2029c",
  "\u202egpj.exe\u2066\u200b",
  "]]>`${document.title='owned'}`\\u003c",
  "javascript:document.title='owned'",
  "z\u0301\u0301\u0301\u0301\u0301\u0301algo",
  "#/../%00?stack=%ff",
];
