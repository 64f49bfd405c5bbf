//! Finds out which system this is and installs the packages it lacks, saying which and why.
//!
//! macOS and Windows bring their web view, keychain and fonts, so nothing is installed there.

use std::fs;

use crate::failure::Failure;
use crate::process::Call;

/// What the packages are needed for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Purpose {
    /// Compiling and running the app.
    Build,
    /// Driving it in a window without a display, with a real keychain.
    Test,
    /// Comparing its rendering with other pages and another browser.
    Bench,
}

/// The package managers we know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Family {
    /// Debian, Ubuntu and their children.
    Apt,
    /// Fedora and its kin.
    Dnf,
    /// Arch and its children.
    Pacman,
}

/// One thing the project needs, under the name each family gives it, or the names.
struct Need {
    purpose: Purpose,
    reason: &'static str,
    apt: &'static str,
    /// A path where the package that holds it has changed its name between releases.
    dnf: &'static str,
    pacman: &'static str,
}

const NEEDS: [Need; 17] = [
    Need {
        purpose: Purpose::Build,
        reason: "links Rust programs; compiles SQLite and the TLS primitives",
        apt: "gcc",
        dnf: "gcc",
        pacman: "gcc",
    },
    Need {
        purpose: Purpose::Build,
        reason: "headers of the C library",
        apt: "libc6-dev",
        dnf: "glibc-devel",
        pacman: "glibc",
    },
    Need {
        purpose: Purpose::Build,
        reason: "finds the system's libraries for the build",
        apt: "pkg-config",
        dnf: "pkgconf-pkg-config",
        pacman: "pkgconf",
    },
    Need {
        purpose: Purpose::Build,
        reason: "the web view that shows the page (brings GTK along)",
        apt: "libwebkit2gtk-4.1-dev",
        dnf: "webkit2gtk4.1-devel",
        pacman: "webkit2gtk-4.1",
    },
    Need {
        purpose: Purpose::Build,
        reason: "certificates: cargo fetches crates over TLS, the app calls DashScope",
        apt: "ca-certificates",
        dnf: "ca-certificates",
        pacman: "ca-certificates",
    },
    Need {
        purpose: Purpose::Test,
        reason: "WebKitWebDriver, which drives the window",
        apt: "webkit2gtk-driver",
        dnf: "/usr/bin/WebKitWebDriver",
        pacman: "webkitgtk-6.0",
    },
    Need {
        purpose: Purpose::Test,
        reason: "Xvfb, a display without a screen",
        apt: "xvfb",
        dnf: "xorg-x11-server-Xvfb",
        pacman: "xorg-server-xvfb",
    },
    Need {
        purpose: Purpose::Test,
        reason: "a real keychain (Secret Service)",
        apt: "gnome-keyring",
        dnf: "gnome-keyring",
        pacman: "gnome-keyring",
    },
    Need {
        purpose: Purpose::Test,
        reason: "a private session bus, and dbus-send",
        apt: "dbus",
        dnf: "dbus-daemon dbus-tools",
        pacman: "dbus",
    },
    Need {
        purpose: Purpose::Test,
        reason: "Chinese glyphs in screenshots",
        apt: "fonts-noto-cjk",
        dnf: "google-noto-sans-cjk-fonts",
        pacman: "noto-fonts-cjk",
    },
    Need {
        purpose: Purpose::Test,
        reason: "`import`, which photographs the window",
        apt: "imagemagick",
        dnf: "ImageMagick",
        pacman: "imagemagick",
    },
    Need {
        purpose: Purpose::Test,
        reason: "puts a key on the clipboard, to be pasted",
        apt: "xclip",
        dnf: "xclip",
        pacman: "xclip",
    },
    Need {
        purpose: Purpose::Test,
        reason: "the vendor's own clients, which check our loopback server, are written in Python",
        apt: "python3-venv",
        dnf: "python3",
        pacman: "python",
    },
    Need {
        purpose: Purpose::Test,
        reason: "fetches those clients",
        apt: "python3-pip",
        dnf: "python3-pip",
        pacman: "python-pip",
    },
    Need {
        purpose: Purpose::Test,
        reason: "unshare, a computer without a network",
        apt: "util-linux",
        dnf: "util-linux",
        pacman: "util-linux",
    },
    Need {
        purpose: Purpose::Test,
        reason: "addresses on such a computer",
        apt: "iproute2",
        dnf: "iproute",
        pacman: "iproute2",
    },
    Need {
        purpose: Purpose::Bench,
        reason: "the other engine, whose costs are compared, and its driver",
        apt: "chromium chromium-driver",
        dnf: "chromium chromedriver",
        pacman: "chromium",
    },
];

impl Family {
    /// The family of the distribution that this `/etc/os-release` describes.
    fn of(os_release: &str) -> Option<Self> {
        let names = os_release
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="))
            })
            .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace());
        names.into_iter().find_map(|name| match name {
            "debian" | "ubuntu" => Some(Self::Apt),
            "fedora" | "rhel" | "centos" => Some(Self::Dnf),
            "arch" => Some(Self::Pacman),
            _ => None,
        })
    }

    fn names_of(self, need: &Need) -> &'static str {
        match self {
            Self::Apt => need.apt,
            Self::Dnf => need.dnf,
            Self::Pacman => need.pacman,
        }
    }

    fn has_all(self, need: &Need) -> Result<bool, Failure> {
        for package in self.names_of(need).split_whitespace() {
            if !self.has(package)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn has(self, package: &str) -> Result<bool, Failure> {
        let call = match self {
            Self::Apt => Call::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]),
            Self::Dnf => Call::new("rpm").args(["-q", "--whatprovides", package]),
            Self::Pacman => Call::new("pacman").args(["-T", package]),
        };
        let said = call.ask()?;
        // dpkg also knows packages that were removed and left their settings behind.
        Ok(said.succeeded && (self != Self::Apt || said.text.trim() == "installed"))
    }

    fn install_line(self) -> &'static [&'static str] {
        match self {
            Self::Apt => &["apt-get", "install", "-y", "--no-install-recommends"],
            Self::Dnf => &["dnf", "install", "-y"],
            Self::Pacman => &["pacman", "-S", "--needed", "--noconfirm"],
        }
    }
}

/// Installs what is missing for the purpose, and for building.
pub(crate) fn install(purpose: Purpose) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let needs = NEEDS.iter().filter(|need| need.purpose <= purpose);
    let Some(family) = fs::read_to_string("/etc/os-release")
        .ok()
        .and_then(|text| Family::of(&text))
    else {
        eprintln!("This distribution is not one we know; make sure that these are installed:");
        for need in needs {
            eprintln!("  {:<24} {}", need.apt, need.reason);
        }
        return Ok(());
    };
    let mut missing = Vec::new();
    for need in needs {
        if !family.has_all(need)? {
            missing.push(need);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Not installed yet, and needed:");
    for need in &missing {
        eprintln!("  {:<24} {}", family.names_of(need), need.reason);
    }
    let sudo: &[&str] = if is_root()? { &[] } else { &["sudo"] };
    if family == Family::Apt
        && let Err(failure) = call(sudo, &["apt-get", "update"]).prepare()
    {
        // One broken source of packages need not stop us: the install says what is really absent.
        eprintln!("warning: {failure}");
    }
    let names = missing
        .iter()
        .flat_map(|need| family.names_of(need).split_whitespace());
    call(sudo, family.install_line()).args(names).prepare()
}

fn is_root() -> Result<bool, Failure> {
    Ok(Call::new("id").args(["-u"]).ask()?.text.trim() == "0")
}

fn call(sudo: &[&str], line: &[&str]) -> Call {
    let mut words = sudo.iter().chain(line);
    let program = words.next().copied().unwrap_or_default();
    Call::new(program)
        .advice("run the command above as root and try again")
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn distributions_and_their_children_are_known() {
        let cases = [
            (
                "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n",
                Some(Family::Apt),
            ),
            ("ID=ubuntu\nID_LIKE=debian\n", Some(Family::Apt)),
            (
                "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                Some(Family::Apt),
            ),
            ("ID=fedora\n", Some(Family::Dnf)),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                Some(Family::Dnf),
            ),
            ("ID=arch\n", Some(Family::Pacman)),
            ("ID='manjaro'\nID_LIKE=arch\n", Some(Family::Pacman)),
            ("ID=alpine\n", None),
            ("NAME=debian\nVERSION_ID=arch\n", None),
            ("", None),
        ];
        for (os_release, family) in cases {
            assert_eq!(Family::of(os_release), family, "{os_release:?}");
        }
    }

    #[test]
    fn building_needs_less_than_testing() {
        let build = NEEDS
            .iter()
            .filter(|need| need.purpose <= Purpose::Build)
            .count();
        let test = NEEDS
            .iter()
            .filter(|need| need.purpose <= Purpose::Test)
            .count();
        assert_eq!((build, test, NEEDS.len()), (5, 16, 17));
    }

    #[test]
    fn no_family_is_asked_for_a_package_twice() {
        for family in [Family::Apt, Family::Dnf, Family::Pacman] {
            let all = || {
                NEEDS
                    .iter()
                    .flat_map(|need| family.names_of(need).split_whitespace())
            };
            let different: BTreeSet<_> = all().collect();
            assert_eq!(different.len(), all().count(), "{family:?}");
        }
    }
}
