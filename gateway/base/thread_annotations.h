// Clang's thread-safety annotations; nothing for other compilers.
#ifndef PASSERELLE_GATEWAY_BASE_THREAD_ANNOTATIONS_H_
#define PASSERELLE_GATEWAY_BASE_THREAD_ANNOTATIONS_H_

#if defined(__clang__)
#define PASSERELLE_ANNOTATE(x) __attribute__((x))
#else
#define PASSERELLE_ANNOTATE(x)
#endif

#define CAPABILITY(x) PASSERELLE_ANNOTATE(capability(x))
#define SCOPED_CAPABILITY PASSERELLE_ANNOTATE(scoped_lockable)
// Abseil's headers define this one too, with the same meaning.
#ifndef GUARDED_BY
#define GUARDED_BY(x) PASSERELLE_ANNOTATE(guarded_by(x))
#endif
#define REQUIRES_LOCK(...) PASSERELLE_ANNOTATE(requires_capability(__VA_ARGS__))
#define REQUIRES_SHARED_LOCK(...) PASSERELLE_ANNOTATE(requires_shared_capability(__VA_ARGS__))
#define ACQUIRES(...) PASSERELLE_ANNOTATE(acquire_capability(__VA_ARGS__))
#define ACQUIRES_SHARED(...) PASSERELLE_ANNOTATE(acquire_shared_capability(__VA_ARGS__))
#define TRY_ACQUIRES_SHARED(...) PASSERELLE_ANNOTATE(try_acquire_shared_capability(__VA_ARGS__))
#define RELEASES(...) PASSERELLE_ANNOTATE(release_capability(__VA_ARGS__))
#define RELEASES_SHARED(...) PASSERELLE_ANNOTATE(release_shared_capability(__VA_ARGS__))
#define EXCLUDES_LOCK(...) PASSERELLE_ANNOTATE(locks_excluded(__VA_ARGS__))

#endif  // PASSERELLE_GATEWAY_BASE_THREAD_ANNOTATIONS_H_
