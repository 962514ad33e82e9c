// Lines as mosquitto_passwd of mosquitto 2.0.11 wrote them.
#pragma once

namespace sluice::access::test {

// old password
inline constexpr const char* kBob =
    "bob:$6$DOPhhOhXYSSeZ9/O$3K+CPR5rruCrsFtBhkNBedK2NAe/"
    "7ETaO3Ctqu4H2S4wzMH6TUHYuEm77Uhy92U3lHuttTsWTkf9Le0J8KngXw==\n";

// secret
inline constexpr const char* kAlice =
    "alice:$7$101$m5HfaZ3z8D5bNuMs$1skPmmFYarzvSKMJMiFfww5YUn5cjvDrePk+zZB2vWDBBGjnuCk2emn6Tju2AAqQuPT8GfQv1sHsnS0Gzjf"
    "6wQ==\n";

// pässword
inline constexpr const char* kUmlaut =
    "ümlaut:$7$101$Z1SUPn7JZNsIEjbH$9SeYa70R8daiN0shos4ddbgE59C0vfRQYPGzfrrPSXruax1jyAdXHIcEicYQLkN5sP0dNJkbmSFA867l9sj"
    "B8A==\n";

}  // namespace sluice::access::test
