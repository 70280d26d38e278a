"""Grade nbgrader assignments with the hidden tests outside the student's process.

A map, in the order of a submission's way; each module imports only from what stands above or beside it.

The assignment
    ``master`` and ``load``: what is known of it; ``names``: which names a cell binds, by its source.
Handing in
    ``submission`` (with ``folders``) reads a folder, ``selection`` finds the notebooks, ``reading``,
    ``match``, ``answers`` and ``mend`` put one in shape, ``blanks`` tells what was left.
The student's side
    ``template`` holds a warm process, ``warden`` keeps one kernel forked from it, ``confine`` and
    ``audit`` lock it in, ``disk`` and ``processes`` measure what it uses, ``kernel`` answers;
    ``provisioner`` offers this to Jupyter.
The grader's side
    ``kernel_process`` and ``kernel_client`` with ``bounded_client`` and ``meter`` hold the other end,
    ``wire`` and ``frames`` are what crosses; ``bridge``, ``namespace``, ``testcell`` and ``verdict`` run
    a test; ``execute`` runs a notebook, ``references`` spare it a second endless loop; ``clean``,
    ``outputs`` and ``harmless`` make outputs safe.
One submission, and a class
    ``grade``; ``classroom`` with ``pool``, ``dispatch``, ``recorder``, ``journal``, ``gradebook``;
    ``limits`` and ``settings``; ``cli`` and ``table``; ``nbgrader_road`` for nbgrader's own commands.
What people read
    ``record`` and ``results``; ``feedback`` and ``report`` with ``cells``, ``prose``, ``formula``,
    ``charts``, ``slips`` and ``pages``; ``export`` for learning platforms.
"""
