"""
The drawings of the simulated shop: one still life per kind of item, as SVG fragments.

Data only.  Each stands on y = 202 of a 240 x 240 canvas.  $main is the colour of the item, $dark
and $light are its tones, $accent belongs to the collection; $shadow and $flame are fragments.
"""

from __future__ import annotations

DRAWINGS = {
    "scented candle": """
$shadow
<rect x="78" y="108" width="84" height="94" rx="12" fill="$main"/>
<path fill="$light" d="M78 120a12 12 0 0 1 12-12h60a12 12 0 0 1 12 12v10H78z"/>
<rect x="94" y="146" width="52" height="34" rx="3" fill="#fffaf0"/>
<path stroke="$accent" stroke-width="3" d="M104 158h32M110 168h20"/>
<path stroke="#4b4a4f" stroke-width="3" d="M120 108V92"/>
<g transform="translate(120 62)">$flame</g>
""",
    "pillar candle": """
$shadow
<ellipse cx="120" cy="198" rx="58" ry="9" fill="$accent"/>
<path fill="$main" d="M88 92v104c0 8 64 8 64 0V92z"/>
<path fill="$dark" d="M136 92v109c10-1 16-3 16-5V92z"/>
<ellipse cx="120" cy="92" rx="32" ry="9" fill="$light"/>
<path stroke="#4b4a4f" stroke-width="3" d="M120 92V76"/>
<g transform="translate(120 46)">$flame</g>
""",
    "taper candles": """
$shadow
<path fill="$main" d="M86 84h14v92H86zM140 64h14v112h-14z"/>
<path fill="$dark" d="M95 84h5v92h-5zM149 64h5v112h-5z"/>
<path fill="$accent" d="M80 172h26l4 12H76zM134 172h26l4 12h-34z"/>
<path fill="$accent" d="M90 184h6v12h-6zM144 184h6v12h-6z"/>
<path fill="$accent" d="M70 196h46v6H70zM124 196h46v6h-46z"/>
<g transform="translate(93 50)">$flame</g>
<g transform="translate(147 30)">$flame</g>
""",
    "loose tea": """
$shadow
<path fill="$main" d="M80 78h80l8 124H72z"/>
<path fill="$dark" d="M80 58h80v26H80z"/>
<path fill="$light" d="M92 84h56v7H92z"/>
<circle cx="120" cy="144" r="30" fill="#fffaf0"/>
<path fill="$accent" d="M104 158c-4-24 10-34 32-32 2 22-8 36-32 32z"/>
<path stroke="#fffaf0" stroke-width="2.5" d="M100 162l26-26"/>
""",
    "tea tin": """
$shadow
<rect x="80" y="92" width="80" height="110" rx="6" fill="$main"/>
<path fill="$dark" d="M140 92h14a6 6 0 0 1 6 6v98a6 6 0 0 1-6 6h-14z"/>
<rect x="76" y="72" width="88" height="26" rx="6" fill="$accent"/>
<rect x="106" y="62" width="28" height="12" rx="6" fill="$accent"/>
<path fill="#fffaf0" d="M80 122h80v48H80z"/>
<path fill="$main" d="M120 162c-16-10-16-24 0-34 16 10 16 24 0 34z"/>
""",
    "coffee beans": """
$shadow
<path fill="$main" d="M76 74h88v128H76z"/>
<path fill="$dark" d="M76 74l12 12v104l-12 12zM164 74l-12 12v104l12 12z"/>
<path fill="$accent" d="M76 62h88v18H76z"/>
<rect x="96" y="110" width="48" height="62" rx="24" fill="#fffaf0"/>
<ellipse cx="120" cy="141" rx="14" ry="20" fill="#6b4630"/>
<path fill="none" stroke="#fffaf0" stroke-width="3" d="M122 122c-10 13 8 24-4 38"/>
""",
    "soap bar": """
$shadow
<rect x="60" y="190" width="120" height="12" rx="6" fill="$accent"/>
<rect x="66" y="130" width="108" height="60" rx="20" fill="$main"/>
<rect x="66" y="124" width="108" height="52" rx="20" fill="$light"/>
<rect x="84" y="138" width="72" height="24" rx="12" fill="$main"/>
<circle cx="84" cy="98" r="13" fill="#ffffff" fill-opacity=".7"/>
<circle cx="112" cy="80" r="8" fill="#ffffff" fill-opacity=".7"/>
<circle cx="150" cy="94" r="17" fill="#ffffff" fill-opacity=".7"/>
""",
    "hand wash": """
$shadow
<path fill="#4b4a4f" d="M114 62h12v32h-12z"/>
<path fill="#4b4a4f" d="M88 58a8 8 0 0 1 8-8h42v14H98v8H88z"/>
<rect x="102" y="82" width="36" height="18" rx="4" fill="$accent"/>
<rect x="82" y="98" width="76" height="104" rx="16" fill="$main"/>
<path fill="$dark" d="M140 98h2a16 16 0 0 1 16 16v72a16 16 0 0 1-16 16h-2z"/>
<rect x="82" y="128" width="76" height="44" fill="#fffaf0"/>
<path stroke="$accent" stroke-width="3" d="M98 144h44M98 156h26"/>
""",
    "bath salts": """
$shadow
<rect x="98" y="64" width="44" height="30" rx="6" fill="#b98a5e"/>
<rect x="76" y="90" width="88" height="112" rx="20" fill="#ffffff" fill-opacity=".75"/>
<path fill="$main" d="M76 134c22-14 60 10 88-4v52a20 20 0 0 1-20 20H96a20 20 0 0 1-20-20z"/>
<circle cx="100" cy="164" r="5" fill="$light"/>
<circle cx="124" cy="154" r="4" fill="$light"/>
<circle cx="142" cy="176" r="5" fill="$light"/>
<circle cx="116" cy="184" r="4" fill="$light"/>
<path stroke="$accent" stroke-width="4" d="M96 97h48"/>
""",
    "cushion": """
$shadow
<path fill="$main" d="M56 74 c40 10 88 10 128 0-10 42-10 84 0 126-40-10-88-10-128 0 10-42
  10-84 0-126z"/>
<path fill="none" stroke="$light" stroke-width="7" d="M92 80 c-4 38-4 76 0 113 M120 82 v110
  M148 80 c4 38 4 76 0 113"/>
<path fill="$dark" d="M184 200c-40-10-88-10-128 0l3-13c40-9 82-9 122 0z"/>
""",
    "throw": """
$shadow
<rect x="54" y="162" width="132" height="38" rx="17" fill="$dark"/>
<rect x="54" y="130" width="132" height="38" rx="17" fill="$main"/>
<rect x="54" y="98" width="132" height="38" rx="17" fill="$light"/>
<path fill="$accent" d="M136 98h24v102h-24z"/>
<path stroke="$accent" stroke-width="4" d="M139 200v8M148 200v8M157 200v8"/>
<path stroke="$dark" stroke-width="2" d="M74 117h48M74 149h48M74 181h48"/>
""",
    "pouf": """
$shadow
<path fill="$main" d="M52 160c0-34 30-50 68-50s68 16 68 50c0 30-30 42-68 42s-68-12-68-42z"/>
<path fill="none" stroke="$dark" stroke-width="4" d="M120 112 v90 M106 112 c-26 22-28 66-6
  89 M134 112 c26 22 28 66 6 89"/>
<ellipse cx="120" cy="114" rx="26" ry="9" fill="$light"/>
<circle cx="120" cy="113" r="5" fill="$accent"/>
""",
    "table lamp": """
$shadow
<path fill="#fbe7b0" fill-opacity=".6" d="M84 118h72l34 84H50z"/>
<path fill="$accent" d="M115 116h10v40h-10z"/>
<path fill="$accent" d="M120 146c20 0 28 14 28 28s-10 28-28 28-28-14-28-28 8-28 28-28z"/>
<path fill="$main" d="M94 50h52l28 72H66z"/>
<path fill="$dark" d="M66 122l3-9h102l3 9z"/>
<path fill="$light" d="M94 50h14l-16 63H70z"/>
""",
    "pendant lamp": """
<path fill="#fbe7b0" fill-opacity=".6" d="M64 126h112l34 114H30z"/>
<path stroke="#4b4a4f" stroke-width="4" d="M120 0v60"/>
<rect x="108" y="46" width="24" height="20" rx="5" fill="$accent"/>
<path fill="$main" d="M48 126c0-40 32-66 72-66s72 26 72 66z"/>
<path fill="$light" d="M62 118c2-30 20-46 44-51-14 14-20 32-20 51z"/>
<path fill="$dark" d="M48 118h144v8H48z"/>
<circle cx="120" cy="132" r="14" fill="#fff4d1"/>
""",
    "reading lamp": """
$shadow
<path fill="#fbe7b0" fill-opacity=".6" d="M128 100l38 34-42 68H58z"/>
<path fill="none" stroke="$accent" stroke-width="8" stroke-linecap="round"
  stroke-linejoin="round" d="M82 194V132L116 76 l24 10"/>
<circle cx="82" cy="132" r="8" fill="#4b4a4f"/>
<path fill="$main" d="M136 58l48 44-22 36-48-42c-8-22 4-38 22-38z"/>
<path fill="$dark" d="M162 138l-48-42 2-9 50 44z"/>
<rect x="50" y="190" width="66" height="12" rx="6" fill="$main"/>
""",
    "mug": """
$shadow
<path fill="none" stroke="$dark" stroke-width="12" d="M152 124c38-8 38 50 0 44"/>
<path fill="$main" d="M72 100h86v80a22 22 0 0 1-22 22H94a22 22 0 0 1-22-22z"/>
<ellipse cx="115" cy="100" rx="43" ry="10" fill="$light"/>
<ellipse cx="115" cy="102" rx="35" ry="6" fill="#7a4f35"/>
<path fill="$accent" d="M72 152h86v12H72z"/>
<path fill="none" stroke="#ffffff" stroke-opacity=".8" stroke-width="5"
  stroke-linecap="round" d="M100 84 c-8-10 8-16 0-28 M124 84 c-8-10 8-16 0-28"/>
""",
    "bowl": """
$shadow
<path fill="$accent" d="M94 190h52v12H94z"/>
<path fill="$main" d="M46 122h148c0 44-30 72-74 72s-74-28-74-72z"/>
<path fill="$dark" d="M146 190c28-8 46-32 48-68h-22c0 32-10 54-26 68z"/>
<ellipse cx="120" cy="122" rx="74" ry="15" fill="$light"/>
<ellipse cx="120" cy="125" rx="62" ry="10" fill="$dark"/>
""",
    "dinner plate": """
<ellipse cx="120" cy="204" rx="54" ry="8" fill="$shade"/>
<path fill="#b98a5e" d="M72 196h96l8 10H64z"/>
<circle cx="120" cy="122" r="78" fill="$main"/>
<circle cx="120" cy="122" r="78" fill="none" stroke="$dark" stroke-width="4"/>
<circle cx="120" cy="122" r="64" fill="none" stroke="$accent" stroke-width="4"/>
<circle cx="120" cy="122" r="48" fill="$light"/>
""",
    "casserole": """
$shadow
<path fill="none" stroke="$dark" stroke-width="11" d="M62 136H44v22h18M178 136h18v22h-18"/>
<path fill="$main" d="M58 118h124v60a24 24 0 0 1-24 24H82a24 24 0 0 1-24-24z"/>
<path fill="$dark" d="M158 118h24v60a24 24 0 0 1-24 24h-6c6-4 6-14 6-24z"/>
<path fill="$light" d="M54 118c6-26 34-36 66-36s60 10 66 36z"/>
<rect x="104" y="66" width="32" height="18" rx="9" fill="$accent"/>
<path fill="$dark" d="M52 114h136v8H52z"/>
""",
    "serving board": """
$shadow
<rect x="106" y="34" width="28" height="64" rx="14" fill="#a9744f"/>
<circle cx="120" cy="50" r="6" fill="#fffaf0"/>
<rect x="70" y="80" width="100" height="122" rx="22" fill="#c08b5f"/>
<path fill="$main" d="M70 146h100v34a22 22 0 0 1-22 22H92a22 22 0 0 1-22-22z"/>
<path fill="none" stroke="#a9744f" stroke-width="3" stroke-linecap="round" d="M90 100 v32
  M106 96 v22 M134 98 v36 M150 102 v20"/>
<path fill="$accent" d="M70 144h100v6H70z"/>
""",
    "tea towel": """
<path stroke="#a9744f" stroke-width="8" stroke-linecap="round" d="M48 50h144"/>
<path fill="$dark" d="M82 50h88v112l-8 6-80-4z"/>
<path fill="$main" d="M70 50h88v140l-11 6-11-6-11 6-11-6-11 6-11-6-11 6-11-6z"/>
<path fill="$light" d="M82 50h9v144l-9-3zM136 50h9v146l-9-5z"/>
<path fill="$accent" d="M70 148h88v10H70zM70 164h88v5H70z"/>
<path fill="$light" d="M70 46h88v10H70z"/>
""",
    "plant pot": """
$shadow
<path fill="#4f7f5a" d="M118 140C84 132 66 106 70 70c34 6 52 34 48 70z"/>
<path fill="#5f9468" d="M122 140c34-6 54-32 52-66-34 4-56 30-52 66z"/>
<path fill="#74a878" d="M120 140c-20-28-20-66 0-94 20 28 20 66 0 94z"/>
<path fill="$main" d="M78 136h84l-12 66H90z"/>
<path fill="$dark" d="M142 136h20l-12 66h-16z"/>
<rect x="72" y="126" width="96" height="20" rx="6" fill="$light"/>
<path fill="$accent" d="M83 162h74l-2 9H85z"/>
""",
    "watering can": """
$shadow
<path fill="none" stroke="$dark" stroke-width="10" d="M150 118c44-22 54 40 8 62"/>
<path fill="none" stroke="$dark" stroke-width="9" d="M96 118c0-44 54-44 54 0"/>
<path fill="$main" d="M84 114h76l6 88H78z"/>
<path fill="$main" d="M84 170L42 106l10-7 34 42z"/>
<path fill="$accent" d="M30 108l26-20 6 9-26 20z"/>
<ellipse cx="122" cy="114" rx="38" ry="8" fill="$light"/>
<path fill="$accent" d="M80 178h84l1 10H79z"/>
""",
    "vase": """
$shadow
<path fill="none" stroke="#5f9468" stroke-width="4" d="M120 110V46 M118 110C112 84 100 70 84
  62 M122 110 c6-24 18-36 34-42"/>
<circle cx="120" cy="42" r="15" fill="$accent"/>
<circle cx="120" cy="42" r="6" fill="#fbe3a1"/>
<circle cx="80" cy="60" r="12" fill="$accent"/>
<circle cx="80" cy="60" r="5" fill="#fbe3a1"/>
<ellipse cx="162" cy="64" rx="14" ry="7" fill="#74a878"/>
<path fill="$main" d="M104 96 h32 v22 c26 12 36 34 30 58-4 18-14 26-22 26H96 c-8
  0-18-8-22-26-6-24 4-46 30-58z"/>
<path fill="$light" d="M92 144c-8 12-8 28 0 44-18-12-18-34 0-44z"/>
<rect x="100" y="92" width="40" height="9" rx="4" fill="$dark"/>
""",
    "notebook": """
$shadow
<rect x="76" y="58" width="98" height="144" rx="6" fill="#fffaf0"/>
<rect x="68" y="54" width="98" height="144" rx="6" fill="$main"/>
<path fill="$dark" d="M74 54h12v144H74a6 6 0 0 1-6-6V60a6 6 0 0 1 6-6z"/>
<rect x="102" y="80" width="48" height="30" rx="3" fill="$light"/>
<path fill="$accent" d="M142 54h8v144h-8z"/>
""",
    "pencil set": """
$shadow
<path fill="$light" d="M78 70h20v80H78z"/>
<path fill="#eccfa0" d="M78 70l10-24 10 24z"/>
<path fill="$main" d="M104 62h20v88h-20z"/>
<path fill="#eccfa0" d="M104 62l10-24 10 24z"/>
<path fill="$dark" d="M130 74h20v76h-20z"/>
<path fill="#eccfa0" d="M130 74l10-24 10 24z"/>
<path fill="#4b4a4f" d="M84 56l4-10 4 10zM110 48l4-10 4 10zM136 60l4-10 4 10z"/>
<path fill="$accent" d="M66 128h96l-8 74H74z"/>
<path fill="#fffaf0" d="M70 152h88l-2 16H72z"/>
""",
    "card set": """
$shadow
<rect x="72" y="62" width="96" height="92" rx="5" fill="#fffaf0"/>
<path fill="$accent" d="M120 112 c-24-14-20-34-8-34 5 0 8 4 8 7 0-3 3-7 8-7 12 0 16 20-8
  34z"/>
<path fill="$dark" d="M52 122l68 40 68-40v72a8 8 0 0 1-8 8H60a8 8 0 0 1-8-8z"/>
<path fill="$main" d="M52 122 l60 46 a14 14 0 0 0 16 0 l60-46 v72 a8 8 0 0 1-8 8H60 a8 8 0 0
  1-8-8z"/>
<path fill="none" stroke="$light" stroke-width="4" d="M56 198l48-38M184 198l-48-38"/>
""",
    "jumper": """
<path fill="$dark" d="M76 64L40 92l-8 92 24 6 20-76zM164 64l36 28 8 92-24 6-20-76z"/>
<path fill="$main" d="M76 62l24-10c8 14 32 14 40 0l24 10 6 132H70z"/>
<path fill="none" stroke="$light" stroke-width="8" d="M100 54c8 18 32 18 40 0"/>
<path fill="$light" d="M71 182 h98 l1 14H70z M32 178 l24 6-2 10-23-6z M208 178 l-24 6 2 10
  23-6z"/>
<path fill="none" stroke="$accent" stroke-width="6" d="M75 106 l11 10 11-10 11 10 12-10 12
  10 11-10 11 10 11-10"/>
""",
    "cardigan": """
<path fill="$dark" d="M76 64L40 92l-8 92 24 6 20-76zM164 64l36 28 8 92-24 6-20-76z"/>
<path fill="$main" d="M76 62l26-10 18 54 18-54 26 10 6 132H70z"/>
<path fill="none" stroke="$light" stroke-width="8" d="M100 52l20 56v86M140 52l-20 56"/>
<path fill="$dark" d="M84 146h24v30H84zM132 146h24v30h-24z"/>
<circle cx="120" cy="124" r="5" fill="$accent"/>
<circle cx="120" cy="148" r="5" fill="$accent"/>
<circle cx="120" cy="172" r="5" fill="$accent"/>
""",
    "beanie": """
$shadow
<circle cx="120" cy="62" r="21" fill="$accent"/>
<path fill="$main" d="M56 166c0-62 24-92 64-92s64 30 64 92z"/>
<path fill="none" stroke="$dark" stroke-width="4" d="M120 76 v88 M100 80 c-14 26-18 54-18 84
  M140 80 c14 26 18 54 18 84"/>
<rect x="48" y="158" width="144" height="42" rx="14" fill="$light"/>
<path stroke="$main" stroke-width="4" d="M72 162 v34 M96 162 v34 M120 162 v34 M144 162 v34
  M168 162 v34"/>
""",
    "ankle socks": """
$shadow
<path fill="$dark" d="M118 84h44v62l34 22c14 12 6 34-14 34h-32l-32-30z"/>
<path fill="$main" d="M74 84h48v66l34 20c14 10 6 32-14 32h-40c-20 0-28-10-28-28z"/>
<path fill="$accent" d="M142 202c20 0 28-22 14-32l-9-5c-12 8-14 24-5 37z"/>
<path fill="$light" d="M70 76h56v20H70z"/>
<path fill="$accent" d="M74 174c14-6 26 10 24 28-16 0-24-10-24-28z"/>
""",
    "crew socks": """
$shadow
<path fill="$dark" d="M122 48h42v98l32 22c14 12 6 34-14 34h-32l-28-30z"/>
<path fill="$main" d="M78 48h46v102l34 20c14 10 6 32-14 32h-38c-20 0-28-10-28-28z"/>
<path fill="$light" d="M74 42h54v18H74z"/>
<path fill="$accent" d="M78 76h46v10H78zM78 94h46v6H78zM78 108h46v10H78z"/>
<path fill="$light" d="M144 202c20 0 28-22 14-32l-9-5c-12 8-14 24-5 37z"/>
""",
    "slippers": """
<ellipse cx="120" cy="204" rx="88" ry="9" fill="$shade"/>
<path fill="$dark" d="M70 128 c10-14 30-12 48 2 l60 18 c22 6 24 30 8 30H80 c-14
  0-20-30-10-50z"/>
<path fill="#fffaf0" d="M72 132c10-8 24-6 38 6l-14 10-26-2z"/>
<path fill="$accent" d="M36 192h142a8 8 0 0 1 0 12H44c-6 0-10-6-8-12z"/>
<path fill="$main" d="M40 146 c12-16 34-12 50 4 l66 16 c26 6 30 28 14 30H44 c-12
  0-14-34-4-50z"/>
<path fill="#fffaf0" d="M42 150c12-10 28-6 42 8l-14 12-32-4z"/>
<path fill="none" stroke="$light" stroke-width="5" d="M110 160c-8 8-12 20-10 34"/>
""",
    "tote bag": """
$shadow
<path fill="none" stroke="$dark" stroke-width="8" d="M92 100c0-70 56-70 56 0"/>
<path fill="$main" d="M62 92h116l10 110H52z"/>
<path fill="$light" d="M62 92h116l1 12H61z"/>
<circle cx="120" cy="150" r="24" fill="$accent"/>
<path fill="$main" d="M120 134c14 10 14 22 0 32-14-10-14-22 0-32z"/>
""",
    "backpack": """
$shadow
<path fill="none" stroke="$dark" stroke-width="8" d="M104 56c0-22 32-22 32 0"/>
<path fill="$dark" d="M62 120 h12 v66H62 a8 8 0 0 1-8-8 v-50 a8 8 0 0 1 8-8z M166 120 h12 a8
  8 0 0 1 8 8 v50 a8 8 0 0 1-8 8 h-12z"/>
<path fill="$main" d="M70 98 c0-30 22-46 50-46s50 16 50 46 v88 a16 16 0 0 1-16 16H86 a16 16
  0 0 1-16-16z"/>
<path fill="$light" d="M70 98c0-30 22-46 50-46s50 16 50 46v14H70z"/>
<rect x="84" y="138" width="72" height="52" rx="10" fill="$dark"/>
<path fill="$accent" d="M92 106h10v26H92zM138 106h10v26h-10zM84 154h72v6H84z"/>
""",
    "pouch": """
$shadow
<rect x="52" y="100" width="136" height="102" rx="18" fill="$main"/>
<path fill="$dark" d="M52 170h136v14a18 18 0 0 1-18 18H70a18 18 0 0 1-18-18z"/>
<path fill="$light" d="M52 118a18 18 0 0 1 18-18h100a18 18 0 0 1 18 18v4H52z"/>
<path stroke="$accent" stroke-width="5" d="M64 112h112"/>
<path fill="$accent" d="M168 108h10l4 30h-18z"/>
""",
}
