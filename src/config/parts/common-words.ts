/** What people type instead of a secret: words for its purpose, instructions about it, and phrases. */

/** Placeholders: a secret that contains one is refused, whatever surrounds it. */
export const placeholderWords: ReadonlySet<string> = new Set(
  `change changeme replace replaceme todo fixme test testing tests tester staging stage dev devel development develop local
  localhost demo sample example placeholder default dummy fake mock temp temporary insecure unsafe secret secrets password
  passwort passwd pass passphrase key keys signing sign signature token tokens production prod hmac jwt credentials your mykey
  insert enter here foo bar baz foobar lorem ipsum admin root`.split(/\s+/),
);

export const commonWords: ReadonlySet<string> = new Set(
  `${[...placeholderWords].join(' ')} a i the this that these those is it its are was be been am not no do dont does done did use
  used user users using for from with without within to too in into on onto of off at by and or as an me my mine we our ours you
  us he she they them their his her one two three four five six seven eight nine ten zero very really real super ultra mega extra
  long longer longest short strong stronger strongest weak good better best great big small new old same other another any all
  some none must should shall will would can could may might please before after until when while where what who why how if then
  else so just only never ever always now later soon today again still more most less least much many few than out up down over
  under go going gone went get got make made making take took give given put set see say said tell know think want need keep
  kept let try run running start stop server servers service services api app apps application web site client clients system
  database data cluster cloud company customer customers order orders shop store payment payments account accounts login auth
  access private public public safe secure security random string value values text word words letter letters number numbers
  character characters char chars bit bits byte bytes hash code environment env config configuration setting settings file
  release live internal external shared master main source replica backup tidemark hello world welcome love monkey dragon
  shadow sunshine princess football baseball letmein master batman superman iloveyou summer winter spring autumn correct horse
  battery staple ninja hunter qwerty azerty abc asdf zxcv january february march april may june july august september october
  november december monday tuesday wednesday thursday friday saturday sunday quick brown fox jumps jump lazy dog cat house
  home time year day night work life people man woman child first last next thing things way team rotate rotated generate
  generated minimum least thirty two enough open opensesame sesame nothing something anything everything nobody somebody`.split(
    /\s+/,
  ),
);

/** Pairs of letters that are common in English text but not in random letters. */
export const commonPairs: ReadonlySet<string> = new Set(
  `th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce
  li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad
  ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig ke ey ay ck ty`.split(/\s+/),
);

/** Along the rows and columns of keyboards. */
export const keyboardRows: readonly string[] = [
  '1234567890-=',
  '!@#$%^&*()_+',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
];
