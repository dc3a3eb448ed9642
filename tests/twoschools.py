"""Two invented schools, watched over by one matcher."""

from monitors.names import Matcher, of_school

YUNLING = of_school(
    "云岭大学",
    ["云岭大学"],
    former=["云岭师范学院"],
    short=["云岭大"],
    english=["Yunling University"],
    initials=["YLU"],
    units=["信息工程学院", "校团委", "乌拉尔学院"],
    nicknames=["雾凇路职业技术学院"],
)
QINGSHAN = of_school(
    "青杉理工大学",
    ["青杉理工大学"],
    short=["青杉理工", "青理"],
    english=["Qingshan University of Technology"],
    initials=["QSUT"],
    weak=["青理"],
)


def watching():
    """A matcher for both, with a school that the list lacks, an allowed word and two registered names."""
    return Matcher(
        (*YUNLING, *QINGSHAN),
        competitors=["望舒河职业学院"],
        allowed=["云岭大酒店"],
        registered=["云岭大学融媒体中心", "云小岭"],
    )
