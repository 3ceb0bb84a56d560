package seal

import seccomp "github.com/elastic/go-seccomp-bpf"

// refused are the calls that start a program, open or use a connection, or get
// around a filter: io_uring opens sockets by itself, and a traced or another
// process is not filtered.
var refused = []string{
	"execve", "execveat",
	"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
	"io_uring_setup", "io_uring_enter", "io_uring_register",
	"ptrace", "process_vm_writev", "bpf", "userfaultfd", "mount", "pidfd_getfd",
}

// filter puts a seccomp filter on all threads. Source: seccomp(2),
// SECCOMP_FILTER_FLAG_TSYNC.
func filter() error {
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls:      []seccomp.SyscallGroup{{Names: refused, Action: seccomp.ActionErrno}},
		},
	})
}
