// The number of processors the calling process may run on, which a container or taskset may have
// made smaller than the machine's.
#define _GNU_SOURCE
#include "CKernels.h"

#include <sched.h>
#include <unistd.h>

int ck_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return count;
  }
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
